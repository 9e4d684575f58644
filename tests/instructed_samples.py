"""What a well-filled course gives its instructors, as the API sends it.

``say`` passes over every text that a course, a file or a student brings, so that the same course serves for pictures
and for attacks.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from answer_samples import answer, citation, query, statement

from tutor import curation_schemas as curation
from tutor import insight_schemas as insight
from tutor import instructor_schemas as wire
from tutor import source_schemas as files
from tutor.schemas import Answer, SearchHit

Say = Callable[[str], str]

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
TITLE = "Deep Learning Applications in Medicine"
DEFINITION = "Radiomics is a field of study that extracts quantitative features from medical images."
PASSAGE = f"{DEFINITION} It uses data-characterisation algorithms. The features may uncover disease characteristics."
SECTIONS = ("Radiomics", "Transfer Learning", "Convolutional Neural Networks", "Limitations", "Clinical Use", "Ethics")

Items = tuple[tuple[str, str, str], ...]
_CARTRIDGE: Items = (
    ("Welcome", "read", ""),
    ("Syllabus", "read", ""),
    ("Final exam", "skipped", "quizzes are never indexed for students"),
    ("Scanned handout.pdf", "failed", "no text: needs OCR"),
)


# --- sources, versions ------------------------------------------------------------------------------------------------


def source(say: Say, name: str, status: str = "indexed", reason: str = "", items: Items = ()) -> files.Source:
    listed = [
        {"name": say(item), "outcome": outcome, "reason": say(why) if why else "", "document_id": "", "n_chars": 900}
        for item, outcome, why in items
    ]
    return files.Source.model_validate(
        {
            "source_id": "s-" + name.replace(" ", "-").replace("'", ""),
            "kind": "notes" if name.startswith("Instructor") else "file",
            "name": say(name),
            "media_type": "application/pdf",
            "version": 2 if "Lecture" in name else 1,
            "size": 2_400_000,
            "sha256": "0" * 64,
            "status": status,
            "reason": say(reason) if reason else "",
            "items": listed,
            "n_documents": 0 if status == "failed" else 2 if items else 1,
            "created_at": NOW,
            "updated_at": NOW,
            "file_url": "/api/v1/courses/medicine/sources/s1/file",
        }
    )


def sources(say: Say) -> list[files.Source]:
    encrypted = "The file is encrypted. Save it without a password and bring it again."
    return [
        source(say, "Lecture 3 - Radiomics.pdf"),
        source(say, "week-04-transfer-learning.pptx"),
        source(say, "Medicine 2026 export.imscc", "partly", "2 of 4 items were left out", _CARTRIDGE),
        source(say, "old-notes.pdf", "failed", encrypted),
        source(say, "Instructor's notes"),
    ]


def job(job_id: str, state: str, done: int = 0, *, kind: str = "ingest") -> files.Job:
    return files.Job.model_validate(
        {
            "job_id": job_id,
            "course_id": "medicine",
            "kind": kind,
            "state": state,
            "stage": "embedding",
            "done": done,
            "total": 40,
            "error": "",
            "result": None,
            "created_at": NOW,
            "started_at": NOW,
            "finished_at": None,
            "url": "",
        }
    )


def generations(say: Say) -> files.GenerationList:
    before = [say(DEFINITION)]
    now = [say("Radiomics extracts quantitative features from images and clinical data.")]
    probes = files.Probes(asked=12, found=12, missed=[])
    checks = [
        files.VerifiedCheck(
            verified_id="v1", question=say("What is radiomics?"), outcome="changed", before=before, now=now
        ),
        files.VerifiedCheck(verified_id="v2", question=say("What is an RNN?"), outcome="lost", before=before, now=[]),
        files.VerifiedCheck(verified_id="v3", question="What is a CNN?", outcome="same", before=before, now=before),
    ]
    return files.GenerationList.model_validate(
        {
            "generations": [
                {
                    "generation": f"2026112{4 - number}T0930-7fa3",
                    "state": state,
                    "n_documents": 28,
                    "n_chunks": 1740 - number,
                    "created_at": NOW,
                    "published_at": None if state == "held" else NOW,
                    "checks": files.Checks(probes=probes, verified=checks if state == "held" else []),
                }
                for number, state in enumerate(("held", "live", "kept"))
            ]
        }
    )


# --- questions, receipts ----------------------------------------------------------------------------------------------


def given_answer(say: Say, answer_id: str = "a0") -> Answer:
    path = [say(TITLE), say("Radiomics")]
    first = {"document_title": say(TITLE), "heading_path": path, "page": 12, "page_label": "xii"}
    second = {"document_title": say(TITLE), "heading_path": [say(TITLE), say("Methods")], "char_start": 90}
    method = say("It uses data-characterisation algorithms.")
    return answer(
        answer_id=answer_id,
        query=query(say("what is radiomcis"), used=say("What is radiomics?")),
        statements=[
            statement(say(DEFINITION), term=say("radiomics")),
            statement(method, kind="passage", term=None, citations=[2]),
        ],
        citations=[
            citation(1, quote=say(DEFINITION), **first),
            citation(2, quote=method, char_end=130, **second),
        ],
    )


def candidate(say: Say, rank: int) -> wire.Candidate:
    signals = {"dense": 0.9 / rank, "sentence": 0.8 / rank, "lexical": 0.7 / rank, "glossary": float(rank == 1)}
    return wire.Candidate(
        chunk_id=f"c{rank}",
        document_id="course.md",
        document_title=say(TITLE),
        heading_path=[say(TITLE), say(SECTIONS[rank % 6])],
        kind="passage",
        text=say(PASSAGE),
        rank=rank,
        score=1 / rank,
        signals=signals,
        chosen=rank < 3,
        why=say("defines the term that was asked about" if rank < 3 else "says the same again"),
        hidden=rank == 5,
    )


def receipt(say: Say, answer_id: str = "a0") -> wire.Receipt:
    features = {"dense_similarity": 0.71, "weighted_coverage": 0.92}
    return wire.Receipt(
        answer=given_answer(say, answer_id),
        asked_at=NOW,
        channel="chat",
        query=say("What is radiomics?"),
        parts=[],
        unknown_words=[say("radiomcis")],
        history=[],
        generation="20261124T0930-7fa3",
        embedder="all-MiniLM-L6-v2",
        ranker="convex fusion",
        refuser="calibrated on five courses",
        refusal=wire.Refusal(probability=0.87, threshold=0.42, features=features),
        candidates=[candidate(say, rank) for rank in range(1, 7)],
        stages_ms={"understand": 0.4, "retrieve": 6.1, "compose": 1.2},
    )


_ASKED = ("what is radiomcis", "CNN vs RNN", "limits of deep learning in hospitals", "How much does the course cost?")
_JUDGED = {
    0: ("up", "", None),
    2: ("wrong_source", "The second source is about something else.", 2),
    3: ("missing", "We were told the fee in week one.", None),
}


def question(say: Say, number: int) -> wire.Question:
    refused = number % 4 == 3
    asked = say(_ASKED[number % 4])
    feedback = []
    if number in _JUDGED:
        verdict, comment, marker = _JUDGED[number]
        said = {"answer_id": f"a{number}", "person": "k3f9", "verdict": verdict, "marker": marker, "created_at": NOW}
        feedback = [wire.Feedback.model_validate({**said, "comment": say(comment), "resolved_at": None})]
    return wire.Question(
        answer_id=f"a{number}",
        asked_at=NOW,
        person=say("k3f9"),
        channel="chat",
        question=asked,
        query_used=say("What is radiomics?") if number % 4 == 0 else asked,
        intent="define",
        status="not_in_course" if refused else "answered",
        confidence=0.12 if refused else 0.87 - number % 25 / 100,
        generation="g",
        topic=say("radiomics"),
        n_citations=0 if refused else 2,
        verified_id="v1" if number == 1 else None,
        feedback=feedback,
        total_ms=8.0,
    )


# --- corrections ------------------------------------------------------------------------------------------------------


def verified(say: Say) -> wire.Verified:
    span = wire.VerifiedSpan(document_id="course.md", chunk_id="c1", char_start=10, char_end=97, quote=say(DEFINITION))
    said = wire.VerifiedStatement(text=say(DEFINITION), kind="definition", term=say("radiomics"), spans=[span])
    return wire.Verified(
        verified_id="v1",
        question=say("What is radiomics?"),
        status="answered",
        statements=[said],
        state="active",
        last_check=None,
        created_at=NOW,
        updated_at=NOW,
    )


def hit(say: Say, rank: int) -> SearchHit:
    text = say(PASSAGE)
    return SearchHit(
        document_id="course.md",
        document_title=say(TITLE),
        heading_path=[say(TITLE), say(SECTIONS[rank])],
        page=12,
        page_label="xii",
        char_start=1000 * rank,
        char_end=1000 * rank + len(text),
        chunk_id=f"c{rank}",
        url="",
        rank=rank,
        score=0.9,
        signals={},
        kind="passage",
        text=text,
    )


def hidden(say: Say) -> curation.Hidden:
    return curation.Hidden(
        chunk_id="c5", document_id=say("course.md"), text=say(PASSAGE), reason=say("out of date"), created_at=NOW
    )


def alias(say: Say) -> curation.Alias:
    return curation.Alias(alias_id="l1", term=say("convolutional neural network"), alias=say("convnet"), created_at=NOW)


def note(say: Say) -> curation.Note:
    text = say("A saliency map shows which pixels decided the prediction.")
    return curation.Note(note_id="n1", term=say("saliency map"), aliases=[say("heat map")], text=text, created_at=NOW)


# --- insight ----------------------------------------------------------------------------------------------------------


def gaps(say: Say) -> insight.Gaps:
    topics = [
        insight.GapTopic(
            topic=say(topic),
            n_questions=21 - 6 * number,
            n_people=14 - 4 * number,
            document_id="course.md",
            heading_path=[say("Limitations")],
        )
        for number, topic in enumerate(("course fees", "federated learning", "exam date"))
    ]
    return insight.Gaps(topics=topics, withheld=4, min_people=5)


def coverage(say: Say) -> insight.Coverage:
    heat = (9, 4, 0, 2, 31, 0, 1, 12, 0, 0, 5, 3, 2, 17, 1)
    sections = [
        insight.SectionUse(
            document_id=f"d{chapter}",
            document_title=say(f"Chapter {chapter + 1}: {SECTIONS[chapter]}"),
            heading_path=[say(SECTIONS[chapter]), say(f"{chapter + 1}.{number} Part {number}")],
            level=2,
            char_start=0,
            n_asked=heat[(chapter * 5 + number) % 15],
            n_cited=heat[(chapter * 7 + number * 3) % 15],
        )
        for chapter in range(6)
        for number in range(1, 5 + chapter)
    ]
    return insight.Coverage(sections=sections)


def glossary(say: Say) -> insight.TermUses:
    terms = [
        insight.TermUse(
            document_id="course.md",
            document_title=say(TITLE),
            heading_path=[say(TITLE), say("Key terms")],
            page=12,
            page_label="xii",
            char_start=10,
            char_end=60,
            chunk_id="c1",
            url="",
            term=say(term),
            aliases=[say("conv-net")],
            n_asked=17 // (number + 1),
            text=say(f"A definition of {term}."),
        )
        for number, term in enumerate(("radiomics", "transfer learning", "convolutional neural network", "saliency"))
    ]
    return insight.TermUses(terms=terms)


def check(say: Say) -> insight.Check:
    outcomes = ("ok", "wrong", "refused")
    rows = [
        {
            "row": number,
            "question": say("What is radiomics?"),
            "expected": say("Radiomics"),
            "outcome": outcomes[number % 3],
            "got": say("Radiomics › Methods"),
            "before": outcomes[(number + 1) % 3],
        }
        for number in range(6)
    ]
    return insight.Check.model_validate(
        {
            "job_id": "k1",
            "state": "done",
            "done": 6,
            "total": 6,
            "error": "",
            "created_at": NOW,
            "finished_at": NOW,
            "rows": rows,
            "summary": {"generation": "g2", "n": 6, "ok": 4, "wrong": 1, "refused": 1},
            "before": {"generation": "g1", "n": 6, "ok": 2, "wrong": 2, "refused": 2},
        }
    )
