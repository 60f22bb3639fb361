"""echo and printf, which shells have built in and images have as files."""

import re
from collections.abc import Sequence

from labrunner.practice.programs.shell.escapes import STOP, unescape

WIDTH = 1_000_000
_DIRECTIVE = re.compile(
    r"%(?:%|([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?(?:hh?|ll?|[qLjzt])?([diouxXcsbqeEfFgGaA])|)"
)


def echo(words: Sequence[str], *, options: bool, escapes: bool) -> str:
    """`options`: -n, -e and -E are options; `escapes`: backslashes mean something without -e."""
    newline = True
    words = list(words)
    while words and words[0] == "-n" and not options:
        newline = False
        words.pop(0)
        break
    while options and words and re.fullmatch(r"-[neE]+", words[0]):
        for letter in words.pop(0)[1:]:
            if letter == "n":
                newline = False
            else:
                escapes = letter == "e"
    text = " ".join(words)
    if escapes:
        text = unescape(text, echo=True)
        if STOP in text:
            return text.partition(STOP)[0]
    return text + ("\n" if newline else "")


class Misprinted(Exception):
    """A format that is none; nothing is printed."""


def printf(template: str, arguments: Sequence[str]) -> tuple[str, list[str]]:
    """The text and the words that were no numbers; raises Misprinted."""
    template = unescape(template)
    stop = STOP in template
    template = template.partition(STOP)[0]
    rest = list(arguments)
    made: list[str] = []
    wrong: list[str] = []
    size = 0
    while True:
        before = len(rest)
        text, ended = _once(template, rest, wrong)
        made.append(text)
        size += len(text)
        if size > 16 * WIDTH:
            raise Misprinted("the output is too long for a simulated shell")
        if ended or stop or not rest or len(rest) == before:
            return "".join(made), wrong


def _once(template: str, rest: list[str], wrong: list[str]) -> tuple[str, bool]:
    made: list[str] = []
    at = 0
    for found in _DIRECTIVE.finditer(template):
        made.append(template[at : found.start()])
        at = found.end()
        if found.group() == "%%":
            made.append("%")
            continue
        flags, width, precision, kind = found.groups()
        if kind is None:
            raise Misprinted(f"{template[found.start() : found.start() + 2]}: invalid format")
        if width == "*":
            width = str(_number(rest.pop(0) if rest else "0", wrong))
            if width.startswith("-"):
                flags, width = f"{flags}-", width[1:]
        if precision == "*":
            precision = str(max(_number(rest.pop(0) if rest else "0", wrong), 0))
        if max(int(width or 0), int(precision or 0)) > WIDTH:
            raise Misprinted("the width is too large for a simulated shell")
        text, ended = _one(kind, flags or "", width or "", precision, rest, wrong)
        made.append(text)
        if ended:
            return "".join(made), True
    made.append(template[at:])
    return "".join(made), False


def _one(
    kind: str, flags: str, width: str, precision: str | None, rest: list[str], wrong: list[str]
) -> tuple[str, bool]:
    word = rest.pop(0) if rest else ""
    ended = False
    flags = "".join(sorted(set(flags)))
    dotted = "" if precision is None else f".{precision or 0}"
    match kind:
        case "s" | "b" | "c" | "q":
            if kind == "b":
                word = unescape(word, echo=True)
                ended = STOP in word
                word = word.partition(STOP)[0]
            elif kind == "c":
                word = word[:1]
            elif kind == "q":
                word = quoted(word)
            text = word if precision is None else word[: int(precision or 0)]
            return (text.ljust(int(width or 0)) if "-" in flags else text.rjust(int(width or 0))), ended
        case "d" | "i":
            return f"%{flags}{width}{dotted}d" % _number(word, wrong), False
        case "u":
            return f"%{flags}{width}{dotted}d" % (_number(word, wrong) & 0xFFFF_FFFF_FFFF_FFFF), False
        case "o" | "x" | "X":
            number = _number(word, wrong) & 0xFFFF_FFFF_FFFF_FFFF
            text = f"%{flags}{width}{dotted}{kind}" % number
            return (text.replace("0o", "0", 1) if kind == "o" else text), False
        case _:
            try:
                value = float(word or "0")
            except ValueError:
                wrong.append(word)
                value = 0.0
            return f"%{flags}{width}{dotted}{kind if kind not in 'aA' else 'e'}" % value, False


def _number(word: str, wrong: list[str]) -> int:
    if word[:1] in "'\"" and len(word) > 1:
        return ord(word[1])
    text = word.strip()
    found = re.match(r"[-+]?(?:0[xX][0-9a-fA-F]+|\d{1,40})", text)
    if found is None or found.end() != len(text):
        if word:
            wrong.append(word)
        if found is None:
            return 0
    assert found is not None
    digits = found.group()
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    try:
        number = int(digits, 16 if digits[:2].lower() == "0x" else 8 if digits.startswith("0") else 10)
    except ValueError:
        wrong.append(word)
        return 0
    return sign * min(number, 2**63 - 1)


def quoted(word: str) -> str:
    """As `printf %q` does."""
    if not word:
        return "''"
    if any(ord(char) < 32 for char in word):
        inner = word.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t")
        return f"$'{inner}'"
    return re.sub(r"([^A-Za-z0-9_./:=@%+,-])", r"\\\1", word)
