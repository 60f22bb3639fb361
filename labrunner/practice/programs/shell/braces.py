"""`{a,b}` and `{1..3}`, which only bash has."""

from collections.abc import Iterator
from itertools import pairwise

from labrunner.practice.programs.shell.failures import TooMuch
from labrunner.practice.programs.shell.syntax import Literal, Word

BRACES = 20_000


def braces(word: Word) -> Iterator[Word]:
    """The words that a word with braces stands for."""
    todo = [word]
    count = 0
    while todo:
        each = todo.pop(0)
        made = _first_brace(each)
        count += 1
        if count > BRACES or len(todo) > BRACES:
            raise TooMuch
        if made is None:
            yield each
        else:
            todo[0:0] = made


def _first_brace(word: Word) -> list[Word] | None:
    """The words that the first brace expression of a word makes."""
    flat: list[object] = []
    for part in word:
        if isinstance(part, Literal) and not part.quoted:
            flat.extend(part.text)
        else:
            flat.append(part)
    for start, item in enumerate(flat):
        if item != "{":
            continue
        depth, commas = 0, []
        for at in range(start, len(flat)):
            if flat[at] == "{":
                depth += 1
            elif flat[at] == "," and depth == 1:
                commas.append(at)
            elif flat[at] == "}":
                depth -= 1
                if depth == 0:
                    inside = flat[start + 1 : at]
                    before, after = flat[:start], flat[at + 1 :]
                    if commas:
                        edges = [start, *commas, at]
                        pieces = [flat[low + 1 : high] for low, high in pairwise(edges)]
                        return [_word([*before, *piece, *after]) for piece in pieces]
                    steps = _range("".join(inside)) if all(isinstance(each, str) for each in inside) else None  # type: ignore[arg-type]
                    if steps is not None:
                        return [_word([*before, *step, *after]) for step in steps]
                    break
    return None


def _word(flat: list[object]) -> Word:
    parts: list[object] = []
    text = ""
    for item in flat:
        if isinstance(item, str):
            text += item
        else:
            if text:
                parts.append(Literal(text))
                text = ""
            parts.append(item)
    if text or not parts:
        parts.append(Literal(text))
    return tuple(parts)  # type: ignore[arg-type]


def _range(text: str) -> list[str] | None:
    first, dots, rest = text.partition("..")
    if not dots:
        return None
    last, _, step = rest.partition("..")
    try:
        if len(first) == 1 and len(last) == 1 and first.isalpha() and last.isalpha():
            low, high = ord(first), ord(last)
            return [
                chr(code) for code in range(low, high + (1 if high >= low else -1), 1 if high >= low else -1)
            ]
        low, high = int(first), int(last)
        by = abs(int(step)) if step else 1
    except ValueError:
        return None
    by = (by or 1) if high >= low else -(by or 1)
    if abs(high - low) > BRACES * abs(by):
        raise TooMuch
    width = (
        max(len(first.lstrip("-")), len(last.lstrip("-")))
        if first.startswith("0") or last.startswith("0")
        else 0
    )
    return [str(number).zfill(width) for number in range(low, high + (1 if by > 0 else -1), by)]
