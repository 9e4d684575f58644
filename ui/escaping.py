"""Text as HTML: escaped, with its formulas drawn. Every word of a course or a learner reaches a page through here."""

from html import escape as _escape

from ui.formulas import split_formulas


def escape(text: str) -> str:
    """``text`` as it is, for the inside of an element or a quoted attribute."""
    return _escape(text, quote=True)


def course_text(text: str) -> str:
    """``text`` of a course: escaped, formulas drawn."""
    return "".join(mathml or escape(source) for source, mathml in split_formulas(text))
