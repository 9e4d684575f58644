"""Why each candidate of an answer was shown or not, in words for an instructor.

It reads what ``tutor.evidence`` and ``tutor.composing`` did from their result, by their own limits; it decides nothing.
"""

from collections.abc import Mapping

from index.types import ScoredChunk
from tutor.evidence import MAX_EVIDENCE, SHOWN_SCORE_SHARE, SHOWN_SIMILARITY_SHARE
from tutor.types import Consideration

SHOWN = "shown"
SHOWN_AS_BEST = "shown: the best of its part of the question"
REPEATS = "repeats another sentence, or the answer was a minute's reading already"
REFUSED = "nothing is shown: the question is refused"
VERIFIED = "not shown: an instructor's verified answer stands in"
OTHER_KIND = "other kind: takeaways are asked for"
TOO_FAR_DOWN = f"below rank {MAX_EVIDENCE}"
LOW_SCORE = f"below {SHOWN_SCORE_SHARE:.0%} of the best score"
LOW_SIMILARITY = f"below {SHOWN_SIMILARITY_SHARE:.0%} of the best similarity"
NOT_NEEDED = "the answer had enough without it"
HIDDEN = "hidden by the instructor"


def reasons(consideration: Consideration) -> Mapping[str, str]:
    """Chunk id of every candidate -> why it was shown or not."""
    answer = consideration.answer
    cited = {citation.chunk_id for citation in answer.citations}
    leads = [item for item in consideration.ranking if item.rank == 1 or item.chunk.chunk_id in consideration.leads]
    best_score = max((item.score for item in leads), default=0.0)
    best_similarity = max((item.signals.dense for item in leads), default=0.0)

    def reason(item: ScoredChunk) -> str:
        chunk_id = item.chunk.chunk_id
        in_order = (  # the first that holds is why
            (chunk_id in cited and chunk_id in consideration.leads, SHOWN_AS_BEST),
            (chunk_id in cited, SHOWN),
            (answer.verified is not None, VERIFIED),
            (answer.status == "not_in_course", REFUSED),
            (chunk_id in consideration.chosen, REPEATS),
            (answer.query.intent == "takeaways" and item.chunk.kind != "takeaway", OTHER_KIND),
            (item.rank > MAX_EVIDENCE, TOO_FAR_DOWN),
            (item.score < SHOWN_SCORE_SHARE * best_score, LOW_SCORE),
            (item.signals.dense < SHOWN_SIMILARITY_SHARE * best_similarity, LOW_SIMILARITY),
        )
        return next((words for holds, words in in_order if holds), NOT_NEEDED)

    return {item.chunk.chunk_id: reason(item) for item in consideration.ranking}
