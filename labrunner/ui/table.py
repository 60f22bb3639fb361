"""A Markdown table in columns that fit; where they cannot fit, row by row in words."""

from collections.abc import Sequence
from dataclasses import replace

from labrunner.ui.style import Style
from labrunner.ui.text import Line, Span, width_of, wrap

GUTTER = 2
"""Cells between two columns."""

Row = tuple[Line, ...]
"""One line of spans for each cell."""


def draw_table(
    rows: Sequence[Row], right: Sequence[bool], columns: int, style: Style, *, boxes: bool
) -> list[str]:
    """The first row is the head; `right` says which columns are aligned to the right."""
    widths = fitting(rows, columns) if boxes else None
    if widths is None:
        return as_records(rows, columns, style)
    head, *body = rows
    lines = in_columns(tuple(loud(cell) for cell in head), widths, right, style)
    lines.append(style.paint((" " * GUTTER).join(style.mark("rule") * cells for cells in widths), "quiet"))
    for row in body:
        lines.extend(in_columns(row, widths, right, style))
    return lines


def loud(cell: Line) -> Line:
    return tuple(replace(span, looks=("heading", *span.looks)) for span in cell)


def fitting(rows: Sequence[Row], columns: int) -> list[int] | None:
    """A width for each column: as wide as its widest cell, or narrowed, the widest first, down to its longest
    word; None where even that is too wide."""
    cells = list(zip(*rows, strict=True))
    widths = [max(width_of(cell) for cell in column) for column in cells]
    least = [max(longest(cell) for cell in column) for column in cells]
    room = columns - GUTTER * (len(widths) - 1)
    while sum(widths) > room:
        spare = [have - need for have, need in zip(widths, least, strict=True)]
        candidates = [n for n, cells_left in enumerate(spare) if cells_left > 0]
        if not candidates:
            return None
        widths[max(candidates, key=lambda n: widths[n])] -= 1
    return widths


def longest(cell: Line) -> int:
    """The longest piece of a cell that cannot be broken."""
    return max(width_of(line) for line in wrap(cell, 1))


def in_columns(row: Row, widths: list[int], right: Sequence[bool], style: Style) -> list[str]:
    cells = [wrap(cell, room) for cell, room in zip(row, widths, strict=True)]
    lines: list[str] = []
    for n in range(max(len(cell) for cell in cells)):
        spans: list[Span] = []
        for place, (cell, room) in enumerate(zip(cells, widths, strict=True)):
            line = cell[n] if n < len(cell) else ()
            pad = Span(" " * (room - width_of(line)))
            gutter = Span(" " * GUTTER) if place else Span("")
            spans.extend((gutter, pad, *line) if right[place] else (gutter, *line, pad))
        lines.append(style.line(spans))
    return lines


def as_records(rows: Sequence[Row], columns: int, style: Style) -> list[str]:
    """`Head: cell` for each cell, the rows set apart by an empty line."""
    head, *body = rows
    lines: list[str] = []
    for row in body or [tuple(() for _ in head)]:
        if lines:
            lines.append("")
        for name, cell in zip(head, row, strict=True):
            label = (*name, Span(": ")) if name else ()
            lines.extend(style.line(line) for line in wrap((*label, *cell), columns))
    return lines
