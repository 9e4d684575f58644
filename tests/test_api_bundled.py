"""The bundled course through the API, with the real model: whoever doubts a citation can check it."""

from pathlib import Path

import pytest
from conftest import BUNDLED_COURSE
from service_samples import Sample, make_parts, make_sample

from index.onnx_embedder import OnnxEmbedder

COURSE = "/api/v1/courses/deep-learning-in-medicine"


@pytest.fixture(scope="module")
def sample(embedder: OnnxEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder: Path = tmp_path_factory.mktemp("bundled")
    parts = make_parts(folder, open_embedder=lambda: embedder, bundled=[BUNDLED_COURSE])
    parts.library.load()
    return make_sample(folder, parts=parts)


@pytest.mark.parametrize(
    "question",
    ["What is radiomics?", "CNN vs RNN", "what does EHR stand for", "What is transfer learning?"],
)
def test_every_citation_can_be_checked_against_the_document(sample: Sample, question: str) -> None:
    answer = sample.post(f"{COURSE}/ask", {"question": question}).json()

    assert answer["status"] == "answered"
    assert answer["statements"]
    cited = {citation["marker"]: citation for citation in answer["citations"]}
    assert list(cited) == list(range(1, len(cited) + 1))
    for statement in answer["statements"]:
        assert statement["citations"]
        assert set(statement["citations"]) <= set(cited)
    for citation in cited.values():
        document = sample.get(f"{COURSE}/documents/{citation['document_id']}").json()
        source = sample.get(citation["url"]).json()
        assert document["text"][citation["char_start"] : citation["char_end"]] == citation["quote"]
        assert source["text"] == citation["quote"]
        assert document["generation"] == source["generation"] == answer["generation"]


@pytest.mark.parametrize("question", ["how much does the course cost", "what is a GAN", "hi"])
def test_a_refusal_has_nothing_to_check(sample: Sample, question: str) -> None:
    answer = sample.post(f"{COURSE}/ask", {"question": question}).json()

    assert answer["status"] == "not_in_course"
    assert answer["statements"] == answer["citations"] == []
    assert answer["message"]


def test_the_glossary_stands_where_it_says(sample: Sample) -> None:
    entries = sample.get(f"{COURSE}/glossary?limit=200").json()["entries"]

    assert len(entries) >= 16
    for entry in entries:
        for definition in entry["definitions"]:
            assert sample.get(definition["url"]).json()["text"] == definition["text"]
