"""A learner who comes from a chapter gets its words first, and nothing that the course does not say."""

import pytest
from hashing_embedder import HashingEmbedder
from service_samples import Sample, make_parts, make_sample

FIRST = "# Leaves\n\nPhotosynthesis turns light into sugar in the green parts of a plant. Leaves fall in autumn.\n"
SECOND = "# Algae\n\nPhotosynthesis turns light into sugar in the green parts of an alga. Algae live in water.\n"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("chapters")
    course = folder / "plants"
    course.mkdir()
    (course / "algae.md").write_text(SECOND)
    (course / "leaves.md").write_text(FIRST)
    parts = make_parts(folder, open_embedder=HashingEmbedder, bundled=[course])
    parts.library.load()
    return make_sample(folder, parts=parts)


def first_source(sample: Sample, question: str, document_id: str = "") -> str:
    answer = sample.post("/api/v1/courses/plants/ask", {"question": question, "document_id": document_id}).json()
    assert answer["query"]["document_id"] == document_id
    return str(answer["citations"][0]["document_id"]) if answer["citations"] else ""


def test_of_two_chapters_that_say_it_the_learners_own_comes_first(sample: Sample) -> None:
    question = "What does photosynthesis turn light into?"

    assert first_source(sample, question, "leaves") == "leaves"
    assert first_source(sample, question, "algae") == "algae"


def test_what_only_another_chapter_says_is_answered_from_there(sample: Sample) -> None:
    assert first_source(sample, "Where do algae live?", "leaves") == "algae"


def test_a_chapter_unlocks_nothing_and_an_unknown_one_changes_nothing(sample: Sample) -> None:
    refused = "Who won the cricket world cup in 1983?"

    assert first_source(sample, refused, "leaves") == ""
    question = "Where do algae live?"
    assert first_source(sample, question, "no-such-chapter") == first_source(sample, question)
