"""Small indexes of one document, before and after its author changed it, and answers verified in them."""

from datetime import UTC, datetime

from hashing_embedder import HashingEmbedder
from index_samples import contents_of, course_of, manifest_of

from index.course_index import CourseIndex
from tutor.records.verified_answers import make_verified
from tutor.state.verified import VerifiedRecord
from tutor.tutor import Tutor

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
STARS = (
    "Stars fuse hydrogen into helium.",
    "A red giant is a large and cool star near the end of its life.",
    "Galaxies hold billions of stars.",
    "A nebula is a cloud of gas and dust in space.",
)


def index_of(*paragraphs: str, generation: str = "first") -> CourseIndex:
    """An index of one document, a chunk per paragraph."""
    embedder = HashingEmbedder()
    course = course_of(paragraphs or STARS)
    contents = contents_of(course, embedder)
    return CourseIndex(manifest_of(course, contents, embedder, generation), contents, embedder)


def verify(index: CourseIndex, question: str, *sentences: str) -> VerifiedRecord:
    """An answer of whole sentences of the index's document; a verified refusal without any."""
    text = index.documents["lesson"].text
    statements = [[("lesson", text.index(one), text.index(one) + len(one))] for one in sentences]
    return make_verified(
        Tutor(index),
        question=question,
        status="answered" if sentences else "not_in_course",
        statements=statements,
        created_by="bob",
        at=NOW,
    )
