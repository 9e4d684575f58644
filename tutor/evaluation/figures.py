"""A table of figures, for a terminal and for a document. Nothing is measured here."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figures:
    """Rows under named columns; the first column names the row, the others are numbers as text."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def for_terminal(self) -> Table:
        """Without lines, numbers to the right."""
        table = Table(box=None, pad_edge=False)
        for number, name in enumerate(self.columns):
            table.add_column(name, justify="right" if number else "left", overflow="fold")
        for row in self.rows:
            table.add_row(*row)
        return table

    def for_document(self) -> str:
        """As a table of Markdown."""
        lines = [self.columns, ["---", *["---:"] * (len(self.columns) - 1)], *self.rows]
        return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines) + "\n"
