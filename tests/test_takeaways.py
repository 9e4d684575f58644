"""What the course says is to be remembered is told by its headings and its opening words."""

import pytest
from corpus_samples import chunks_of

from corpus.section_roles import role_of


@pytest.mark.parametrize(
    "heading",
    [
        "Key takeaways",
        "Key Takeaway",
        "Summary",
        "5.4 Summary",
        "Chapter Review",
        "Chapter 3 Summary",
        "Key points",
        "Conclusion",
        "Conclusions",
        "Recap",
        "In summary",
        "Summary and Discussion",
        "Take-home messages",
        "What you have learned",
        "Key Ideas:",
    ],
)
def test_headings_that_announce_takeaways(heading: str) -> None:
    assert role_of(("Skin", heading)) == "takeaways"
    assert role_of((heading, "5.1 Layers of the Skin")) == "takeaways"


@pytest.mark.parametrize(
    "heading", ["Key Terms", "Glossary", "Key terms and vocabulary", "Vocabulary list", "Acronyms and Abbreviations"]
)
def test_headings_that_announce_a_glossary(heading: str) -> None:
    assert role_of(("Skin", heading)) == "glossary"


@pytest.mark.parametrize(
    "heading",
    [
        "Layers",
        "Review Questions",
        "Summary statistics",
        "Text summarization",
        "Concepts",
        "Terminology",
        "Keywords in Python",
        "Definition",
        "Definition of an MDP",
        "Conclusion of the war",
        "Recapitulation theory",
        "Summarizing data",
    ],
)
def test_headings_that_announce_neither(heading: str) -> None:
    assert role_of(("Skin", heading)) == "body"


def test_every_bullet_is_a_takeaway_without_its_mark() -> None:
    chunks = chunks_of("## Key takeaways\n\n- Stars shine. They do.\n- Gravity pulls.\n  - It is weak.\n- The end.")

    assert [(chunk.kind, chunk.text) for chunk in chunks] == [
        ("takeaway", "Stars shine. They do."),
        ("takeaway", "Gravity pulls.\n  - It is weak."),
        ("takeaway", "The end."),
    ]


def test_paragraphs_of_a_summary_are_packed_together() -> None:
    chunks = chunks_of("## Summary\n\nStars shine.\n\nGravity pulls.")

    assert [(chunk.kind, chunk.text) for chunk in chunks] == [("takeaway", "Stars shine.\n\nGravity pulls.")]


def test_a_line_that_introduces_takeaways_is_none() -> None:
    chunks = chunks_of("## Summary\n\nYou learned the following:\n\n- Stars shine.")

    assert [chunk.kind for chunk in chunks] == ["passage", "takeaway"]


def test_a_paragraph_that_concludes_is_a_takeaway_anywhere() -> None:
    chunks = chunks_of("# Stars\n\nThey shine.\n\nIn conclusion, they shine brightly.\n\nMore text.")

    assert [(chunk.kind, chunk.text) for chunk in chunks] == [
        ("passage", "They shine."),
        ("takeaway", "In conclusion, they shine brightly."),
        ("passage", "More text."),
    ]
