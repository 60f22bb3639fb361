"""Backslash escapes, as echo -e, printf and $'…' know them."""

import re

_SIMPLE = {
    "a": "\a",
    "b": "\b",
    "e": "\033",
    "E": "\033",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
}
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|(0?[0-7]{1,3})|(c.)|(.))", re.DOTALL
)
STOP = "\0stop\0"


def unescape(text: str, *, dollar: bool = False, echo: bool = False) -> str:
    """Bytes that are no text stand as surrogate escapes; for echo and %b, `\\c` ends it with STOP."""

    def one(found: "re.Match[str]") -> str:
        hexadecimal, short, long, octal, control, char = found.groups()
        if hexadecimal is not None:
            return _byte(int(hexadecimal, 16))
        if short is not None or long is not None:
            number = int(short or long, 16)
            return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
        if octal is not None:
            if echo and not octal.startswith("0"):
                return str(found.group())
            return _byte(int(octal, 8) & 0xFF)
        if control is not None:
            return STOP if not dollar else chr(ord(control[1]) & 0x1F)
        if char in _SIMPLE:
            return _SIMPLE[char]
        return char if dollar and char in "'\"?" else f"\\{char}"

    done = _ESCAPE.sub(one, text)
    try:
        return done.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeError:
        return done


def _byte(number: int) -> str:
    return bytes([number]).decode("utf-8", "surrogateescape") if number < 128 else chr(0xDC00 + number)
