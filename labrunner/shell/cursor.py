"""What a shell drew since its prompt began: how to erase it, and how to draw it again."""

import re

_STEP = re.compile(
    r"\x1b\[(?P<args>[0-9;:?<=>]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]PX^_].*?(?:\a|\x1b\\)"
    r"|\x1b[()*+].|\x1b[=>]"
    r"|(?P<control>[\r\n\b\t\a\x0e\x0f])"
    r"|(?P<text>[^\x00-\x1f\x7f]+)",
    re.DOTALL,
)
_STAYING = frozenset("mKPXhlqtncu@J")
"""Final bytes of sequences that leave the cursor where it is."""
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0001faff]"
)
_ZERO = re.compile("[\u0300-\u036f\u200b-\u200f\ufe00-\ufe0f]")
_CLEARED = re.compile(rb"\x1b\[(?:1;1)?H\x1b\[[0-3]?J(?:\x1b\[3J)?")
_ASKING = re.compile(
    rb"(?P<kept>\x1b\](?:[^\a\x1b?]|\?(?![\a\x1b]))*(?:\a|\x1b\\))"  # an OSC keeps its bell
    rb"|\a|\x1b\][^\a\x1b]*(?:\a|\x1b\\)"
    rb"|\x1b\[[?>=]?[0-9;]*\$?[cnp]|\x1b\[\?u|\x1b\[>[0-9;]*q"
    rb"|\x1bP[^\x1b]*\x1b\\",
)


def redrawable(drawn: bytes) -> bytes:
    """What draws the same again: all since the last cleared screen, without bells and questions."""
    drawn = _CLEARED.split(drawn)[-1]
    return _ASKING.sub(lambda found: found["kept"] or b"", drawn)


def erasing(drawn: bytes, columns: int) -> bytes | None:
    """What erases what was drawn from column 0 on; None when it went ways that are not followed here."""
    rows = _rows_below(drawn.decode(errors="replace"), columns)
    if rows is None:
        return None
    return b"\r" + (b"\x1b[%dA" % rows if rows else b"") + b"\x1b[J"


def _rows_below(text: str, columns: int) -> int | None:
    row = column = at = 0
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            return None
        at = step.end()
        if step["text"]:
            row, column = _printed(step["text"], row, column, columns)
        elif step["control"]:
            row, column = _controlled(step["control"], row, column, columns)
        elif step["final"] and step["final"] not in _STAYING:
            moved = _moved(step["final"], step["args"], row, min(column, columns - 1), columns)
            if moved is None:
                return None
            row, column = moved
        if row < 0:
            return None
    return row


def _printed(text: str, row: int, column: int, columns: int) -> tuple[int, int]:
    if text.isascii():
        # A full line waits at its last column until one more character comes.
        beyond = max(0, column + len(text) - 1) // columns
        return row + beyond, column + len(text) - beyond * columns
    for character in text:
        if not _ZERO.match(character):
            width = 2 if _WIDE.match(character) else 1
            if column + width > columns:
                row, column = row + 1, 0
            column += width
    return row, column


def _controlled(control: str, row: int, column: int, columns: int) -> tuple[int, int]:
    match control:
        case "\r":
            return row, 0
        case "\n":
            return row + 1, column
        case "\b":
            return row, max(0, min(column, columns - 1) - 1)
        case "\t":
            return row, min(columns - 1, (column // 8 + 1) * 8)
        case _:
            return row, column


def _moved(final: str, args: str, row: int, column: int, columns: int) -> tuple[int, int] | None:
    count = max(1, int(args)) if args.isdigit() else 1
    match final:
        case "A":
            return row - count, column
        case "B":
            return row + count, column
        case "C":
            return row, min(columns - 1, column + count)
        case "D":
            return row, max(0, column - count)
        case "G":
            return row, count - 1
        case _:
            return None
