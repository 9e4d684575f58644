"""Tables of what was asked: questions, the receipts of their answers, feedback, verified answers."""

from sqlalchemy import Column, Float, ForeignKeyConstraint, Index, Integer, String, Table

from tutor.state.columns import ID_CHARS, NAME_CHARS, Words, course_key, id_key, json_column, metadata, moment

questions = Table(
    "questions",
    metadata,
    course_key(),
    id_key("answer_id"),
    Column("person_id", String(ID_CHARS)),  # null for callers that name nobody
    Column("channel", String(16), nullable=False),  # chat, api, cli, lti, openai, mcp
    moment("asked_at"),
    Column("question", Words, nullable=False),
    Column("query_used", Words, nullable=False),
    Column("intent", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("generation", String(ID_CHARS), nullable=False),
    Column("topic", Words, nullable=False),  # the first term it names, else its subject: what refusals are grouped by
    json_column("terms"),  # of the glossary, that it names
    Column("about_document_id", String(NAME_CHARS)),  # where its first citation stands, else the nearest section
    json_column("about_path"),  # that section's headings; empty when nothing is near
    Column("verified_id", String(ID_CHARS)),  # of the verified answer that was given
    Column("total_ms", Float, nullable=False),
)
Index("ix_questions_course_asked", questions.c.course_id, questions.c.asked_at)
Index("ix_questions_person", questions.c.course_id, questions.c.person_id)

receipts = Table(
    "receipts",
    metadata,
    course_key(),
    id_key("answer_id"),
    json_column("receipt"),  # tutor.schemas.Receipt
    ForeignKeyConstraint(
        ["course_id", "answer_id"], ["questions.course_id", "questions.answer_id"], ondelete="CASCADE"
    ),
)

cited_spans = Table(
    "cited_spans",
    metadata,
    course_key(),
    id_key("answer_id"),
    Column("marker", Integer, primary_key=True),
    Column("document_id", String(NAME_CHARS), nullable=False),
    Column("chunk_id", String(ID_CHARS), nullable=False),
    json_column("heading_path"),
    ForeignKeyConstraint(
        ["course_id", "answer_id"], ["questions.course_id", "questions.answer_id"], ondelete="CASCADE"
    ),
)

feedback = Table(
    "feedback",
    metadata,
    course_key(),
    id_key("answer_id"),
    Column("person_id", String(ID_CHARS), primary_key=True),  # one judgement a person and answer; the last one counts
    Column("verdict", String(16), nullable=False),  # up, down, wrong_source, missing
    Column("comment", Words, nullable=False),
    Column("marker", Integer),  # of the source that is wrong
    moment("created_at"),
    moment("resolved_at", nullable=True),
    ForeignKeyConstraint(
        ["course_id", "answer_id"], ["questions.course_id", "questions.answer_id"], ondelete="CASCADE"
    ),
)

verified_answers = Table(
    "verified_answers",
    metadata,
    course_key(),
    id_key("verified_id"),
    Column("question", Words, nullable=False),
    Column("question_key", String(64), nullable=False),  # hash of the question as understood: what asks it again
    Column("status", String(16), nullable=False),  # answered, or not_in_course: a verified refusal guards too
    json_column("statements"),  # text, kind, term and the spans (document, chunk, offsets, quote) that hold it
    Column("state", String(16), nullable=False),  # active, changed: a re-index found another answer; retired
    json_column("last_check", nullable=True),
    Column("created_by", String(ID_CHARS), nullable=False),
    moment("created_at"),
    moment("updated_at"),
)
Index("ix_verified_answers_key", verified_answers.c.course_id, verified_answers.c.question_key)
