"""Chunks are exact spans of their document, lose nothing, fit the model and keep their ids."""

import time
from collections.abc import Callable

import pytest
from corpus_samples import MARKDOWN, chunks_of, count_words, read_text
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.chunking import chunk_document, embedding_text
from corpus.errors import UnreadableFile
from corpus.types import Chunk, Document

LONG_SENTENCES = " ".join(f"Sentence number {number} tells of one more star." for number in range(40))


def readable(markdown: str) -> Document:
    try:
        return read_text(markdown)
    except UnreadableFile:
        assume(False)
        raise


def is_marker(text: str) -> bool:
    """A list marker stands between chunks where each item is a chunk of its own."""
    return text.strip() == "-" or text.strip().rstrip(".").isdigit()


@given(st.one_of(MARKDOWN, st.text(min_size=1)), st.integers(5, 80))
def test_a_chunk_is_an_exact_span_of_its_document(markdown: str, max_tokens: int) -> None:
    document = readable(markdown)

    for chunk in chunk_document(document, count_tokens=count_words, max_tokens=max_tokens):
        assert document.text[chunk.char_start : chunk.char_end] == chunk.text
        assert chunk.text == chunk.text.strip()
        assert chunk.text


@given(st.one_of(MARKDOWN, st.text(min_size=1)))
def test_sentences_lie_inside_their_chunk_in_order(markdown: str) -> None:
    document = readable(markdown)

    for chunk in chunk_document(document, count_tokens=count_words, max_tokens=30):
        assert chunk.sentences
        position = chunk.char_start
        for sentence in chunk.sentences:
            assert position <= sentence.char_start < sentence.char_end <= chunk.char_end
            position = sentence.char_end


@given(MARKDOWN)
def test_all_that_is_no_heading_is_in_a_chunk(markdown: str) -> None:
    document = readable(markdown)
    chunks = chunk_document(document, count_tokens=count_words, max_tokens=30)

    covered = bytearray(len(document.text))
    for chunk in chunks:
        covered[chunk.char_start : chunk.char_end] = b"x" * (chunk.char_end - chunk.char_start)
    for block in document.blocks:
        if block.kind != "heading":
            missing = "".join(
                letter
                for position, letter in enumerate(document.text[block.char_start : block.char_end], block.char_start)
                if not covered[position]
            )
            assert not missing.strip() or is_marker(missing), (missing, document.text)


@given(MARKDOWN)
def test_only_definitions_in_prose_and_tables_overlap_other_chunks(markdown: str) -> None:
    document = readable(markdown)
    chunks = chunk_document(document, count_tokens=count_words, max_tokens=30)

    position = 0
    for chunk in chunks:
        if chunk.found_by not in ("prose", "table"):
            assert position <= chunk.char_start
            position = chunk.char_end


@given(MARKDOWN)
def test_reading_twice_gives_the_same_ids_and_no_id_twice(markdown: str) -> None:
    first = chunk_document(readable(markdown), count_tokens=count_words, max_tokens=30)
    second = chunk_document(readable(markdown), count_tokens=count_words, max_tokens=30)

    assert first == second
    assert len({chunk.chunk_id for chunk in first}) == len(first)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=30), st.integers(20, 60))
def test_a_passage_fits_the_model_with_its_heading_path(lengths: list[int], max_tokens: int) -> None:
    text = "# Stars\n\n" + " ".join(" ".join(["Word", *["word"] * (length - 1)]) + "." for length in lengths)

    for chunk in chunks_of(text, max_tokens=max_tokens + 64):
        assert count_words(embedding_text(chunk)) <= max_tokens + 64


def test_long_text_is_cut_at_sentences_into_even_passages() -> None:
    chunks = chunks_of(f"# Stars\n\n{LONG_SENTENCES}", max_tokens=103)

    sizes = [len(chunk.text.split()) for chunk in chunks]
    assert all(chunk.text.startswith("Sentence") and chunk.text.endswith(".") for chunk in chunks)
    assert max(sizes) <= 100
    assert max(sizes) - min(sizes) <= 16


def test_passages_do_not_cross_sections() -> None:
    chunks = chunks_of("# Stars\n\nThey shine.\n\n## Heat\n\nThey are hot.")

    assert [(chunk.heading_path, chunk.text) for chunk in chunks] == [
        (("Stars",), "They shine."),
        (("Stars", "Heat"), "They are hot."),
    ]


def test_tables_code_and_formulas_are_never_cut() -> None:
    table = "| a | b |\n|---|---|\n" + "| one | two |\n" * 60
    code = "```\n" + "run it now\n\n" * 60 + "```"
    formula = "$$\n" + "a + b = c \\\\\n" * 60 + "$$"

    document = read_text(f"Before.\n\n{table}\n\n{code}\n\n{formula}\n\nAfter.")
    chunks = chunk_document(document, count_tokens=count_words, max_tokens=80)

    whole = [block for block in document.blocks if block.kind in ("table", "code", "formula")]
    assert len(whole) == 3
    for block in whole:
        assert any(chunk.char_start <= block.char_start and block.char_end <= chunk.char_end for chunk in chunks)
        span = (block.char_start, block.char_end)
        assert any(span == (found.char_start, found.char_end) for chunk in chunks for found in chunk.sentences)


def test_a_sentence_runs_on_through_its_formula() -> None:
    (chunk,) = chunks_of("The loss is\n\n$$l = x^2$$\n\nwhere $x$ is the error. It is small.")

    sentences = [chunk.text[found.char_start : found.char_end] for found in chunk.sentences]
    assert sentences == ["The loss is\n\n$$l = x^2$$\n\nwhere $x$ is the error.", "It is small."]


def test_a_long_sentence_is_kept_whole_and_an_endless_one_cut_at_blanks() -> None:
    long, endless = "word " * 150, "word " * 2000

    (whole,) = chunks_of(f"{long.strip()}.", max_tokens=70)
    pieces = chunks_of(f"{endless.strip()}.", max_tokens=70)

    assert whole.text == f"{long.strip()}."
    assert len(pieces) > 10
    assert all(set(piece.text.rstrip(".").split()) == {"word"} for piece in pieces)


def test_titles_and_credits_of_figures_are_not_quoted() -> None:
    chunks = chunks_of(
        "# Skin\n\n*Figure: Layers of Skin. The skin has layers. (credit: Steve Teo)*\n\n"
        "## Hair\n\n*Figure: A hair.*\n\n*(credit: Steve Teo)*"
    )

    assert [chunk.text for chunk in chunks] == ["Figure: Layers of Skin. The skin has layers. (credit: Steve Teo)"]
    (sentence,) = chunks[0].sentences
    assert sentence.char_end - sentence.char_start == len("The skin has layers.")


@pytest.mark.parametrize(
    "sentence",
    [
        "Image augmentation makes new images.",
        "Table salt dissolves.",
        "Source code is text.",
        "Figure 3 shows the heart.",
        "Photos fade.",
        "Adapted cells survive.",
        "(See the image credit law.)",
        "Video games teach.",
    ],
)
def test_sentences_that_begin_like_captions_are_quoted(sentence: str) -> None:
    (chunk,) = chunks_of(sentence)

    assert [chunk.text[found.char_start : found.char_end] for found in chunk.sentences] == [sentence]


def ids_by_section(text: str) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for chunk in chunks_of(text):
        found.setdefault(chunk.heading_path, []).append(chunk.chunk_id)
    return found


def test_editing_a_section_leaves_the_ids_of_all_others() -> None:
    text = (
        f"# Stars\n\nOne.\n\n## Heat\n\n{LONG_SENTENCES}\n\n## Key terms\n\n- **core**: the inside\n\n## End\n\nLast."
    )
    before, after = ids_by_section(text), ids_by_section(text.replace("One.", "Something longer.\n\nAnd more."))

    changed = {path for path in before if before[path] != after[path]}
    assert changed == {("Stars",)}


def test_ids_do_not_mind_blanks_and_tell_repeats_apart() -> None:
    once, wrapped = chunks_of("# A\n\nThe same words."), chunks_of("# A\n\n\n\nThe  same\nwords.")
    twice = chunks_of("## Summary\n\n- Same.\n- Same.")

    assert [chunk.chunk_id for chunk in once] == [chunk.chunk_id for chunk in wrapped]
    assert twice[0].chunk_id != twice[1].chunk_id


def test_the_heading_path_is_embedded_and_a_long_one_shortened_from_outside() -> None:
    (short,) = chunks_of("# Stars\n\n## Heat\n\nThey are hot.")
    (long,) = chunks_of(f"# {'Stars ' * 20}\n\n## {'Heat ' * 20}\n\nThey are hot.", max_tokens=300)

    assert embedding_text(short) == "Stars > Heat\nThey are hot."
    assert embedding_text(long) == f"{'Heat ' * 20}".strip() + "\nThey are hot."


def counting(calls: list[str]) -> Callable[[str], int]:
    def count(text: str) -> int:
        calls.append(text)
        return count_words(text)

    return count


def test_tokens_are_counted_once_for_each_sentence() -> None:
    calls: list[str] = []

    chunk_document(read_text(f"# Stars\n\n{LONG_SENTENCES}"), count_tokens=counting(calls), max_tokens=60)

    assert len(calls) == 40 + 2  # the sentences, the special tokens, the heading


def test_megabytes_without_an_end_are_cut_in_seconds() -> None:
    started = time.process_time()

    by_words = chunks_of("many words here " * 60_000, max_tokens=256)
    unbroken = chunks_of("a" * 1_000_000, max_tokens=256)

    assert time.process_time() - started < 20
    assert max(len(chunk.text) for chunk in (*by_words, *unbroken)) < 20_000
    assert sum(len(chunk.text) for chunk in unbroken) == 1_000_000


def test_a_chunk_knows_where_it_comes_from() -> None:
    chunk: Chunk = chunks_of("# Stars\n\nThey shine.")[0]

    assert (chunk.course_id, chunk.document_id, chunk.document_title) == ("course", "lesson", "Stars")
    assert (chunk.page, chunk.found_by, chunk.term, chunk.aliases) == (None, None, "", ())


def test_a_definition_and_a_takeaway_are_embedded_without_headings_that_name_no_topic() -> None:
    text = "# Stars\n\n## Key terms\n\n- **Fusion**: joining of nuclei.\n\n## Key takeaways\n\n- Stars shine by fusion."
    heat = "# Stars\n\n## Heat\n\n### Summary\n\nStars are hot because they fuse hydrogen."

    definition, takeaway = chunks_of(text)
    (summary,) = (chunk for chunk in chunks_of(heat) if chunk.kind == "takeaway")

    assert embedding_text(definition) == "Fusion: joining of nuclei."
    assert embedding_text(takeaway) == "Stars shine by fusion."
    assert embedding_text(summary) == "Heat\nStars are hot because they fuse hydrogen."
