"""read: its options, and how a line becomes variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell


async def read(shell: Shell, words: list[str]) -> int:
    names: list[str] = []
    raw, prompt, delimiter, count, array, silent = False, "", b"\n", None, None, False
    at = 1
    timeout: float | None = None
    while at < len(words):
        word = words[at]
        if word.startswith("-") and len(word) > 1 and not names:
            for number, letter in enumerate(word[1:], 2):
                if letter == "r":
                    raw = True
                elif letter == "s":
                    silent = True
                elif letter in "pdnNtau":
                    at += 0 if word[number:] else 1
                    value = word[number:] or (words[at] if at < len(words) else "")
                    if letter == "p":
                        prompt = value
                    elif letter == "d":
                        delimiter = value[:1].encode() or b"\0"
                    elif letter in "nN":
                        count = int(value) if value.isdigit() else 1
                    elif letter == "t":
                        timeout = float(value) if value.replace(".", "", 1).isdigit() else None
                    elif letter == "a":
                        array = value
                    break
        else:
            names.append(word)
        at += 1
    if prompt and _is_terminal(shell):
        await shell.say(prompt)
    from labrunner.practice.programs.shell.reading import Ended, read_line

    try:
        line, ended = await read_line(shell, delimiter, count, raw=raw, timeout=timeout, silent=silent)
    except Ended:
        return 142
    text = line.decode("utf-8", "surrogateescape")
    if array is not None:
        shell.state.set_items(array, dict(enumerate(_parts(shell, text, 0, raw))))
        return int(ended)
    if not names:
        await shell.assign("REPLY", _plain(text, raw))
        return int(ended)
    values = _parts(shell, text, len(names), raw)
    for number, name in enumerate(names):
        await shell.assign(name, values[number] if number < len(values) else "")
    return int(ended)


def _is_terminal(shell: Shell) -> bool:
    return 0 in shell.fds and shell.fds[0].tty


def _plain(text: str, raw: bool) -> str:
    if raw:
        return text
    made, at = [], 0
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
        made.append(text[at])
        at += 1
    return "".join(made)


def _parts(shell: Shell, text: str, count: int, raw: bool) -> list[str]:
    """Split by IFS into at most `count` parts (0: as many as there are); the last keeps what is left."""
    separators = shell.state.get("IFS")
    separators = " \t\n" if separators is None else separators
    blank = "".join(char for char in separators if char in " \t\n")
    chars: list[tuple[str, bool]] = []
    at = 0
    while at < len(text):
        if text[at] == "\\" and not raw and at + 1 < len(text):
            chars.append((text[at + 1], True))
            at += 2
            continue
        chars.append((text[at], False))
        at += 1

    def separates(number: int, which: str) -> bool:
        return number < len(chars) and not chars[number][1] and chars[number][0] in which

    parts: list[str] = []
    at = 0
    while separates(at, blank):
        at += 1
    while at < len(chars):
        if count and len(parts) == count - 1:
            end = len(chars)
            while end > at and separates(end - 1, blank):
                end -= 1
            rest = "".join(char for char, _ in chars[at:end])
            if (
                len(rest) > 1
                and separates(end - 1, separators)
                and not any(separates(n, separators) for n in range(at, end - 1))
            ):
                rest = rest[:-1]
            parts.append(rest)
            break
        start = at
        while at < len(chars) and not separates(at, separators):
            at += 1
        parts.append("".join(char for char, _ in chars[start:at]))
        while separates(at, blank):
            at += 1
        if separates(at, separators):
            at += 1
            while separates(at, blank):
                at += 1
    return parts
