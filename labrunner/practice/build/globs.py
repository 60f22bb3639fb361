"""The paths of a tree that a COPY source stands for, wildcards as Go's filepath.Match reads them."""

import re

from labrunner.practice.images.tree import Tree, normalise

_WILD = re.compile(r"[*?\[]")


class NoSuchSource(Exception):
    """A source without wildcards is not there; the text is its path without a slash in front."""


def find(files: Tree, pattern: str) -> list[str]:
    """Sorted; raises `NoSuchSource`. The root itself is `""`."""
    clean = normalise(pattern)
    if not _WILD.search(clean):
        if files.resolve(clean) is None:
            raise NoSuchSource(clean)
        return [clean]
    depth = clean.count("/")
    expression = _expression(clean)
    return [
        path for path in _paths(files) if path.count("/") == depth and expression.fullmatch(path) is not None
    ]


def _paths(files: Tree) -> list[str]:
    found = set(files.nodes)
    for path in files.nodes:
        while "/" in path:
            path = path.rpartition("/")[0]
            found.add(path)
    return sorted(found - {""})


def _expression(pattern: str) -> re.Pattern[str]:
    """Raises ValueError with Go's words."""
    out, place = "", 0
    while place < len(pattern):
        character = pattern[place]
        place += 1
        if character == "*":
            out += "[^/]*"
        elif character == "?":
            out += "[^/]"
        elif character == "[":
            end = pattern.find("]", place + 1 if pattern[place : place + 1] != "^" else place + 2)
            if end < 0:
                raise ValueError("syntax error in pattern")
            inside = pattern[place:end]
            mark = "^" if inside.startswith("^") else ""
            out += f"(?!/)[{mark}{_class(inside[len(mark) :])}]"
            place = end + 1
        elif character == "\\":
            if place >= len(pattern):
                raise ValueError("syntax error in pattern")
            out += re.escape(pattern[place])
            place += 1
        else:
            out += re.escape(character)
    try:
        return re.compile(out)
    except re.error as error:
        raise ValueError("syntax error in pattern") from error


def _class(inside: str) -> str:
    return "".join(each if each == "-" else re.escape(each) for each in inside.replace("\\", ""))
