"""Entries are found in all the shapes that authors give them, with their names, and nothing else is taken for one."""

import pytest
from corpus_samples import chunks_of

from corpus.types import Chunk


def definitions_of(markdown: str) -> list[Chunk]:
    return [chunk for chunk in chunks_of(markdown) if chunk.kind == "definition"]


def the_definition(markdown: str) -> Chunk:
    found = definitions_of(markdown)
    assert len(found) == 1, [chunk.text for chunk in found]
    return found[0]


def test_a_numbered_entry_that_repeats_its_term_is_a_definition() -> None:
    chunk = the_definition("12. Electronic Health Records (EHR): Electronic Health Records are the charts. EHRs help.")

    assert chunk.term == "Electronic Health Records"
    assert chunk.aliases == ("EHR", "EHRs")
    assert chunk.found_by == "numbered_entry"
    assert chunk.text == "Electronic Health Records (EHR): Electronic Health Records are the charts. EHRs help."
    assert len(chunk.sentences) == 2


def test_a_list_of_numbered_entries_includes_those_that_do_not_repeat_their_term() -> None:
    found = definitions_of(
        "1. Radiomics: Radiomics is a field.\n\n2. Deep Learning (DL): Deep Learning is a method.\n\n"
        "3. Challenges in medicine: Despite the benefits, there are several."
    )

    assert [chunk.term for chunk in found] == ["Radiomics", "Deep Learning", "Challenges in medicine"]


def test_numbered_steps_are_no_definitions() -> None:
    assert not definitions_of("1. Training: adjust the weights\n2. Testing: measure the loss\n3. Serving: answer users")


@pytest.mark.parametrize(
    "entry",
    [
        "- **Radiomics**: field of study in medicine",
        "**Radiomics**: field of study in medicine",
        "**Radiomics** — field of study in medicine",
        "**Radiomics** – field of study in medicine",
        "**Radiomics** - field of study in medicine",
        "**Radiomics:** field of study in medicine",
        "**Radiomics.** field of study in medicine",
        "* __Radiomics__: field of study in medicine",
        "> **Radiomics**: field of study in medicine",
    ],
)
def test_a_bold_term_with_its_meaning_is_a_definition(entry: str) -> None:
    chunk = the_definition(f"Some text before.\n\n{entry}\n\nSome text after.")

    assert (chunk.term, chunk.found_by) == ("Radiomics", "bold_entry")
    assert chunk.text.startswith("Radiomics")
    assert chunk.text.endswith("field of study in medicine")


@pytest.mark.parametrize("label", ["Note", "Example 3", "Step 2", "Warning", "Figure 1", "This is it", "Q"])
def test_bold_labels_are_no_terms(label: str) -> None:
    expected = [label] if label == "Q" else []

    assert [chunk.term for chunk in definitions_of(f"**{label}**: read the text below")] == expected


def test_a_run_in_heading_is_no_term() -> None:
    assert not definitions_of("**Recruitment of phagocytes.** Leukotrienes attract neutrophils from the blood.")


def test_a_definition_list_gives_definitions_with_all_their_paragraphs() -> None:
    chunk = the_definition("Core\n: innermost part\n\n  It is hot.\n\nThe next paragraph.")

    assert (chunk.term, chunk.found_by) == ("Core", "definition_list")
    assert chunk.text == "Core: innermost part\n\nIt is hot."


def test_a_table_of_terms_gives_a_definition_for_each_row_and_stays_a_passage() -> None:
    chunks = chunks_of("| Term | Meaning |\n|---|---|\n| core (C) | innermost part |\n| shell | outer part |")

    assert [(chunk.kind, chunk.term, chunk.found_by) for chunk in chunks] == [
        ("passage", "", None),
        ("definition", "core", "table"),
        ("definition", "shell", "table"),
    ]
    assert chunks[1].text == "core (C) | innermost part"


def test_a_table_of_data_defines_nothing() -> None:
    assert not definitions_of("| City | Altitude |\n|---|---|\n| Boulder | 5000 feet |")


@pytest.mark.parametrize(
    "heading", ["Key Terms", "Glossary", "Key terms and vocabulary", "3.2 Glossary of Terms", "Definitions"]
)
@pytest.mark.parametrize(
    "line", ["core: innermost part", "core — innermost part", "- core: innermost part", "core - innermost part"]
)
def test_every_line_of_a_glossary_is_an_entry(heading: str, line: str) -> None:
    if heading == "Definitions":
        heading = "Terms and Definitions"

    chunk = the_definition(f"# Stars\n\n## {heading}\n\n{line}\n")

    assert (chunk.term, chunk.found_by) == ("core", "glossary_section")
    assert chunk.heading_path == ("Stars", heading)


def test_a_list_that_merely_repeats_words_is_no_glossary() -> None:
    assert not definitions_of("Color – the color is varied shades of brown.\n\nSize: size grows over the years.")


def test_captions_and_notes_in_a_glossary_are_no_entries() -> None:
    assert not definitions_of("## Glossary\n\nFigure: a cell under the microscope\n\nNote: read it twice")


def test_labels_are_terms_in_a_glossary() -> None:
    found = definitions_of("## Key Terms\n\n- **solution**: liquid mixture\n- **section**: flat surface")

    assert [chunk.term for chunk in found] == ["solution", "section"]


def test_lines_with_a_colon_outside_a_glossary_are_no_entries() -> None:
    assert not definitions_of("# Stars\n\nlook: the sky is dark\n\n- one thing: it is late")


def test_takeaways_that_look_like_entries_are_takeaways() -> None:
    chunks = chunks_of("## Key takeaways\n\n- Radiomics: Radiomics is a field.\n- **Core**: the hot part.")

    assert [chunk.kind for chunk in chunks] == ["takeaway", "takeaway"]


def test_an_entry_is_not_repeated_in_a_passage() -> None:
    chunks = chunks_of("Text before it.\n\n**core**: innermost part of a star\n\nText after it.")

    assert [chunk.text for chunk in chunks if chunk.kind == "passage"] == ["Text before it.", "Text after it."]
