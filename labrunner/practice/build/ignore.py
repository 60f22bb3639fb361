"""`.dockerignore`: which files of a context the build does not see."""

import posixpath

from labrunner.practice.build.failure import BuildFailure
from labrunner.practice.images.tree import Node, Tree

LARGEST = 1024 * 1024


def patterns(text: str) -> list[str]:
    """As Docker reads the file: no comments, no empty lines, no slash in front, `a/../b` made `b`."""
    found: list[str] = []
    for line in text.removeprefix("\ufeff").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        pattern = line.strip()
        mark = "!" if pattern.startswith("!") else ""
        pattern = pattern[len(mark) :].strip()
        if pattern:
            clean = posixpath.normpath(pattern)
            found.append(mark + (clean.lstrip("/") if len(clean) > 1 else clean))
    return found


def without(files: Tree, ignored: list[str]) -> Tree:
    """The files that no pattern hides; a folder stays where something in it does. Raises `BuildFailure`."""
    from e2b_dockerfile_utils import PatternMatcher

    if not ignored:
        return files
    try:
        matcher = PatternMatcher(ignored)
    except ValueError as error:
        raise BuildFailure(f"failed to parse .dockerignore: {error}") from error
    kept: dict[str, Node] = {}
    closed: set[str] = set()
    for path, node in files.under(""):
        folder = path.rpartition("/")[0]
        if folder in closed:
            closed.add(path)
            continue
        if not matcher.matches(path):
            kept[path] = node
            continue
        if not matcher.may_match_under(path):
            closed.add(path)
    return Tree({**_holders(files, kept), **kept})


def _holders(files: Tree, kept: dict[str, Node]) -> dict[str, Node]:
    """Ignored folders of which something is kept after all."""
    found: dict[str, Node] = {}
    for path in kept:
        while path:
            path = path.rpartition("/")[0]
            if path in kept or path in found:
                break
            if (node := files.get(path)) is not None:
                found[path] = node
    return found
