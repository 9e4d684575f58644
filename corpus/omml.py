"""Formulas of Office files (OMML) as TeX, so that a person can read them and the chat can set them.

Letters and signs stay as they are (Unicode); what is built from parts (fractions, roots, indices, sums, matrices) is
written with TeX's commands. An element that is not known here gives the words in it.
"""

from collections.abc import Callable, Iterable, Mapping

from corpus.xml_reading import Element, attribute, child, children, local_name

_MAX_DEPTH = 40  # of nested parts; deeper ones give their letters only
_OPERATORS = {"∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∬": r"\iint", "∮": r"\oint", "⋃": r"\bigcup", "⋂": r"\bigcap"}
_ACCENTS = {"\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar", "\u0307": r"\dot", "\u0308": r"\ddot"} | {
    "\u20d7": r"\vec",
    "\u0305": r"\overline",
}
_FUNCTIONS = frozenset({"sin", "cos", "tan", "log", "ln", "exp", "lim", "max", "min", "det", "arg"})
_NEW_ROW = r" \\ "
_BRACES = {"{": r"\{", "}": r"\}"}


def tex_of(formula: Element) -> str:
    """Write an ``m:oMath`` or ``m:oMathPara`` element as TeX, without dollars."""
    return " ".join(_inside(formula, 0).split())


def _inside(element: Element | None, depth: int) -> str:
    return "".join(_tex(part, depth + 1) for part in element) if element is not None else ""


def _tex(element: Element, depth: int) -> str:
    if depth > _MAX_DEPTH:
        return "".join(element.itertext())
    name = local_name(element)
    if name == "r":
        return "".join("".join(text.itertext()) for text in children(element, "t"))
    if name.endswith("Pr"):  # how it looks
        return ""
    write = _WRITERS.get(name)
    return write(element, depth) if write else _inside(element, depth)


def _part(element: Element, name: str, depth: int) -> str:
    return _inside(child(element, name), depth).strip()


def _setting(element: Element, name: str, default: str) -> str:
    """A sign that an element's properties name, such as the operator of a sum."""
    found = child(element, f"{local_name(element)}Pr", name)
    return attribute(found, "val") if found is not None else default


def _fraction(element: Element, depth: int) -> str:
    return rf"\frac{{{_part(element, 'num', depth)}}}{{{_part(element, 'den', depth)}}}"


def _root(element: Element, depth: int) -> str:
    degree = _part(element, "deg", depth)
    return rf"\sqrt{f'[{degree}]' if degree else ''}{{{_part(element, 'e', depth)}}}"


def _scripts(element: Element, depth: int) -> str:
    base, below, above = (_part(element, name, depth) for name in ("e", "sub", "sup"))
    marks = (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")
    return f"{marks}{base}" if local_name(element) == "sPre" else f"{base}{marks}"


def _operator(element: Element, depth: int) -> str:
    sign = _setting(element, "chr", "∫")
    below, above = _part(element, "sub", depth), _part(element, "sup", depth)
    marks = (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")
    return f"{_OPERATORS.get(sign, sign)}{marks} {_part(element, 'e', depth)}"


def _delimited(element: Element, depth: int) -> str:
    opening, closing = _setting(element, "begChr", "("), _setting(element, "endChr", ")")
    parts = [_inside(part, depth).strip() for part in children(element, "e")]
    between = _setting(element, "sepChr", "|").join(parts)
    return f"{_BRACES.get(opening, opening)}{between}{_BRACES.get(closing, closing)}"


def _function(element: Element, depth: int) -> str:
    name = _part(element, "fName", depth)
    command = f"\\{name}" if name in _FUNCTIONS else name
    return f"{command} {_part(element, 'e', depth)}"


def _accent(element: Element, depth: int) -> str:
    sign = _setting(element, "chr", "\u0302")
    command = _ACCENTS.get(sign, r"\hat")
    return f"{command}{{{_part(element, 'e', depth)}}}"


def _line(element: Element, depth: int) -> str:
    command = r"\overline" if _setting(element, "pos", "bot") == "top" else r"\underline"
    return f"{command}{{{_part(element, 'e', depth)}}}"


def _limit(element: Element, depth: int) -> str:
    mark = "_" if local_name(element) == "limLow" else "^"
    return f"{_part(element, 'e', depth)}{mark}{{{_part(element, 'lim', depth)}}}"


def _matrix(element: Element, depth: int) -> str:
    rows = (_row((_inside(cell, depth) for cell in children(row, "e")), " & ") for row in children(element, "mr"))
    return rf"\begin{{matrix}}{_row(rows, _NEW_ROW)}\end{{matrix}}"


def _equations(element: Element, depth: int) -> str:
    return _row((_inside(line, depth) for line in children(element, "e")), _NEW_ROW)


def _row(parts: Iterable[str], between: str) -> str:
    return between.join(part.strip() for part in parts)


_WRITERS: Mapping[str, Callable[[Element, int], str]] = {
    "f": _fraction,
    "rad": _root,
    "sSub": _scripts,
    "sSup": _scripts,
    "sSubSup": _scripts,
    "sPre": _scripts,
    "nary": _operator,
    "d": _delimited,
    "func": _function,
    "acc": _accent,
    "bar": _line,
    "limLow": _limit,
    "limUpp": _limit,
    "m": _matrix,
    "eqArr": _equations,
}
