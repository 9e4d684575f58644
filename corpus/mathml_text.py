"""MathML becomes TeX: what the author wrote beside it, or else the formula as its elements spell it.

Publishers' MathML is ten times as long as the formula and unreadable in a citation.
"""

from collections.abc import Callable, Mapping

from corpus.xml_reading import Element, descendants, local_name

_TEX_ENCODINGS = ("application/x-tex", "application/x-latex", "tex", "latex")
_MAX_DEPTH = 60  # a deeper formula is written as its bare symbols


def tex_of_mathml(math: Element) -> str:
    """Return the TeX of a ``math`` element: its annotation, its ``alttext``, or made from its elements."""
    for annotation in descendants(math, "annotation"):
        if (annotation.get("encoding") or "").strip().lower() in _TEX_ENCODINGS and annotation.text:
            return annotation.text.strip()
    return (math.get("alttext") or "").strip() or _tex(math, 0).strip()


def _tex(element: Element, depth: int) -> str:
    name = local_name(element)
    if name in ("annotation", "annotation-xml") or not name:
        return ""
    if depth > _MAX_DEPTH:
        return " ".join("".join(element.itertext()).split())
    parts = [_tex(part, depth + 1) for part in element]
    build = _BUILDERS.get(name)
    if build is not None and len(parts) >= _LEAST_PARTS[name]:
        return build(parts)
    own = " ".join((element.text or "").split())
    if name == "mtext" and own:
        own = rf"\text{{{own}}}"
    return (" " if name in ("mrow", "math", "mtd", "semantics") else "").join([own, *parts]).strip()


def _fraction(parts: list[str]) -> str:
    return rf"\frac{{{parts[0]}}}{{{parts[1]}}}"


def _fenced(parts: list[str]) -> str:
    return f"({', '.join(parts)})"


_BUILDERS: Mapping[str, Callable[[list[str]], str]] = {
    "mfrac": _fraction,
    "msqrt": lambda parts: rf"\sqrt{{{' '.join(parts)}}}",
    "mroot": lambda parts: rf"\sqrt[{parts[1]}]{{{parts[0]}}}",
    "msup": lambda parts: f"{parts[0]}^{{{parts[1]}}}",
    "msub": lambda parts: f"{parts[0]}_{{{parts[1]}}}",
    "msubsup": lambda parts: f"{parts[0]}_{{{parts[1]}}}^{{{parts[2]}}}",
    "munder": lambda parts: f"{parts[0]}_{{{parts[1]}}}",
    "mover": lambda parts: f"{parts[0]}^{{{parts[1]}}}",
    "munderover": lambda parts: f"{parts[0]}_{{{parts[1]}}}^{{{parts[2]}}}",
    "mfenced": _fenced,
    "mtr": " & ".join,
    "mtable": lambda parts: r"\begin{matrix} " + r" \\ ".join(parts) + r" \end{matrix}",
}
_LEAST_PARTS = {
    "mfrac": 2,
    "mroot": 2,
    "msup": 2,
    "msub": 2,
    "munder": 2,
    "mover": 2,
    "msubsup": 3,
    "munderover": 3,
} | dict.fromkeys(("msqrt", "mfenced", "mtr", "mtable"), 0)
