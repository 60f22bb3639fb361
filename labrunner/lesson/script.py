"""A shell script cut into the commands that a person would type one after the other."""

import re

_HERE = re.compile(r"<<(-?)\s*(?:'([^']+)'|\"([^\"]+)\"|\\?([A-Za-z_][\w.-]*))")
_OPENERS = re.compile(r"(?:^|[;&|]\s*|\b(?:then|do|else)\s+)(if|for|while|until|case)\b")
_CLOSERS = re.compile(r"(?:^|[;&|]\s*)(fi|done|esac)\b")


def commands(text: str) -> tuple[str, ...]:
    """Each complete command; here-documents, open quotes, line ends with `\\` and compound commands stay in one piece.

    Empty lines and comments between commands are left out.
    """
    found: list[str] = []
    piece: list[str] = []
    waiting: list[tuple[str, bool]] = []
    for line in text.splitlines():
        if not piece and (not line.strip() or line.lstrip().startswith("#")):
            continue
        piece.append(line)
        if waiting:
            end, dashed = waiting[0]
            if (line.lstrip("\t") if dashed else line) == end:
                waiting.pop(0)
        else:
            waiting = [
                (quoted or double or bare, bool(dash)) for dash, quoted, double, bare in _HERE.findall(line)
            ]
        if not waiting and not _goes_on(piece):
            found.append("\n".join(piece))
            piece = []
    if piece:
        found.append("\n".join(piece))
    return tuple(found)


def _goes_on(lines: list[str]) -> bool:
    """Whether the command is not complete yet."""
    head = lines[0]
    if _HERE.search(head) and len(lines) > 1:
        return False
    text = "\n".join(lines)
    if re.search(r"(?<!\\)(?:\\\\)*\\$", lines[-1]) or re.search(r"(\|\||&&|\|)\s*$", lines[-1]):
        return True
    if _open_quote(text):
        return True
    bare = re.sub(r"'[^']*'|\"(?:\\.|[^\"\\])*\"", "", text)
    depth = sum(len(_OPENERS.findall(line.strip())) for line in bare.splitlines())
    depth -= sum(len(_CLOSERS.findall(line.strip())) for line in bare.splitlines())
    return depth > 0 or bare.count("{ ") > bare.count("}") or bare.count("(") > bare.count(")")


def _open_quote(text: str) -> bool:
    quote = ""
    escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif quote == "'":
            quote = "" if character == "'" else quote
        elif character == "\\":
            escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
    return bool(quote)
