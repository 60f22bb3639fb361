"""The paths of a tree that a COPY source stands for, wildcards as Go's filepath.Match reads them."""

import re

from labrunner.practice.build.wildcards import compiled
from labrunner.practice.images.tree import Tree, normalise

_WILD = re.compile(r"[*?\[]")


class NoSuchSource(Exception):
    """A source without wildcards is not there; the text is its path without a slash in front."""


def find(files: Tree, pattern: str) -> list[str]:
    """Sorted; raises `NoSuchSource`, and ValueError with Go's words. The root itself is `""`."""
    clean = normalise(pattern)
    if not _WILD.search(clean):
        if files.resolve(clean) is None:
            raise NoSuchSource(clean)
        return [clean]
    depth = clean.count("/")
    expression = compiled(clean)
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
