"""The one place where text is made safe to print, measured in terminal cells, and broken into lines.

Whatever labrunner prints may come from a lesson file, an engine or another program. None of it may move the
cursor, change a colour or turn the reading direction: all of labrunner's own text goes through `clean`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f"  # C0 but newline, DEL
    "\x80-\x9f"  # C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi marks, embeddings, overrides and isolates
    "\u2028\u2029\u206a-\u206f\ufeff\ufff9-\ufffb"  # separators, deprecated formats, BOM, annotations
    "\ud800-\udfff\U000e0000-\U000e007f]"  # lone surrogates, invisible tags
)
TAB_STOP = 4

TYPOGRAPHY = str.maketrans(
    {
        "…": "...", "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "«": '"', "»": '"',
        "↑": "Up", "↓": "Down",
        "→": "->", "←": "<-", "•": "*", "·": "-", "×": "x", "✓": "ok", "\u00a0": " ", "\u202f": " ",
        "ß": "ss", "≥": ">=", "≤": "<=", "≠": "!=", "≈": "~", "│": "|", "─": "-", "└": "`", "├": "|",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one look; `looks` are names of `style.LOOKS`."""

    text: str
    looks: tuple[str, ...] = ()
    whole: bool = False
    """Not to be broken at its spaces: a command that is copied should stay one command."""


Line = tuple[Span, ...]


def clean(text: str) -> str:
    """The text with nothing in it that a terminal would obey but newlines; tabs become spaces."""
    if UNSAFE.search(text) is None:
        return text
    text = text.replace("\r\n", "\n")
    if "\t" in text:
        text = "\n".join(line.expandtabs(TAB_STOP) for line in text.split("\n"))
    return UNSAFE.sub(shown, text)


def shown(found: re.Match[str]) -> str:
    """How an unsafe character is made visible: `^[` for Escape, `<U+202E>` for what has no caret name."""
    code = ord(found[0])
    if code < 0x20 or code == 0x7F:
        return f"^{chr(code ^ 0x40)}"
    return f"<U+{code:04X}>"


def to_ascii(text: str) -> str:
    """For terminals that know nothing else: typography and accents are simplified, the rest becomes `?`."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(TYPOGRAPHY))
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return bare.encode("ascii", "replace").decode("ascii")


@cache
def cells_of(char: str) -> int:
    """Cells of one character by itself. Source: East Asian Width (Unicode UAX 11) and general categories."""
    if unicodedata.category(char) in ("Mn", "Me", "Cf") or "\u1160" <= char <= "\u11ff":
        return 0  # combining marks, joiners, and the Hangul vowels and finals that stack on a syllable
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def width(text: str) -> int:
    """Terminal cells that a line of clean text takes."""
    if text.isascii():
        return len(text)
    total = last = 0
    joined = False
    for char in text:
        cells = cells_of(char)
        if char == "\ufe0f" and last == 1:
            cells, last = 1, 2  # "show the character before as an emoji": it becomes wide
        elif joined or (last == 2 and "\U0001f3fb" <= char <= "\U0001f3ff"):
            cells = 0  # joined to the emoji before, or its skin tone
        elif cells:
            last = cells
        joined = char == "\u200d"
        total += cells
    return total


def width_of(line: Iterable[Span]) -> int:
    return sum(width(span.text) for span in line)


NOT_FIRST = frozenset("、。，．）〕】」』！？：；ー々")
NOT_LAST = frozenset("（〔【「『")


def breakable(word: str) -> Iterator[str]:
    """The parts of a word between which a line may end: around wide characters, as in Chinese."""
    if word.isascii():
        yield word
        return
    part = ""
    for char in word:
        before = part[-1:]
        wide = cells_of(char) == 2 or (before != "" and cells_of(before) == 2)
        if part and wide and cells_of(char) and char not in NOT_FIRST and before not in NOT_LAST | {"\u200d"}:
            yield part
            part = ""
        part += char
    yield part


def wrap(spans: Iterable[Span], columns: int) -> tuple[Line, ...]:
    """Lines of at most `columns` cells, broken at spaces and newlines; a longer word stays whole.

    What is cut cannot be copied, so a long URL, digest or command is left to the terminal to wrap.
    """
    lines: list[Line] = []
    line: list[Span] = []
    gap: list[Span] = []
    word: list[Span] = []

    def place_word() -> None:
        nonlocal line
        if not word:
            return
        if line and width_of(line) + width_of(gap) + width_of(word) > columns:
            lines.append(tuple(line))
            line = []
        if line:
            line.extend(gap)
        line.extend(word)
        gap.clear()
        word.clear()

    for span in spans:
        if span.whole:
            word.append(span)
            continue
        for piece in re.findall(r"\n|[ ]+|[^ \n]+", span.text):
            if piece == "\n":
                place_word()
                lines.append(tuple(line))
                line = []
                gap.clear()
            elif piece[0] == " ":
                place_word()
                gap.append(replace(span, text=piece))
            else:
                for n, part in enumerate(breakable(piece)):
                    if n:
                        place_word()
                    word.append(replace(span, text=part))
    place_word()
    if line or not lines:
        lines.append(tuple(line))
    return tuple(lines)
