"""Which tables of a page hold data, and which only place other things, as authors of old pages do."""

from corpus.word_list import word_set
from corpus.xml_reading import Element, local_name

_PLACED = word_set("table h1 h2 h3 h4 h5 h6 pre dl")  # nobody writes these into a cell of data


def layout_tables(root: Element) -> set[Element]:
    """Return the tables that are read as if they were not there: those that hold tables, headings or code.

    A table that says so (``role="presentation"``), or has one cell, places things too.
    """
    found: set[Element] = set()
    stack: list[tuple[Element, Element | None]] = [(root, None)]  # elements with the table around them
    cells: dict[Element, int] = {}
    while stack:
        element, table = stack.pop()
        tag = local_name(element).lower()
        if table is not None:
            if tag in _PLACED:
                found.add(table)
            elif tag in ("td", "th"):
                cells[table] += 1
        if tag == "table":
            table = element
            cells[table] = 0
            if (element.get("role") or "").lower() in ("presentation", "none"):
                found.add(table)
        stack.extend((child, table) for child in element)
    return found | {table for table, n_cells in cells.items() if n_cells == 1}
