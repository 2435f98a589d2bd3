"""Table rows as lines that can be understood alone."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.documents.blocks import clean_line


def row_lines(rows: Sequence[Sequence[str]], *, header: bool) -> list[str]:
    """Return one line per row, « Colonne : valeur ; Colonne : valeur »; empty cells are left out.

    A table of one column or one row is only a frame around text: its cells come out as they are.
    """
    cleaned = [[clean_line(cell) for cell in row] for row in rows]
    width = max((len(row) for row in cleaned), default=0)
    if width < 2 or len(cleaned) < 2:
        return [cell for row in cleaned for cell in row if cell]
    names: Sequence[str] = cleaned.pop(0) if header else ()
    return [line for row in cleaned if (line := _line(names, row))]


def _line(names: Sequence[str], row: Sequence[str]) -> str:
    cells: list[str] = []
    for position, cell in enumerate(row):
        name = names[position].rstrip(" \u00a0\u202f:") if position < len(names) else ""
        if cell:
            cells.append(f"{name} : {cell}" if name and name != cell else cell)
    return " ; ".join([cell.rstrip(" ;.") for cell in cells[:-1]] + cells[-1:])
