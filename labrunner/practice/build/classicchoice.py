"""The files that COPY and ADD mean to the classic builder, and what it says where there are none."""

from labrunner.practice.build import checksum, globs
from labrunner.practice.build.copying import Order, chosen, is_remote, no_network
from labrunner.practice.images.tree import Tree


def classic_choice(keyword: str, order: Order, files: Tree, *, other: bool) -> tuple[list[str], str]:
    """The paths that COPY or ADD means and their sum; raises ValueError in the classic builder's words."""
    for text in order.sources:
        if keyword == "ADD" and is_remote(text):
            raise ValueError(f"ADD failed: {no_network(text)}")
        if text.lstrip("/").startswith("../") or text == "..":
            raise ValueError(f"{keyword} failed: forbidden path outside the build context: {text} ()")
    try:
        paths = chosen(order, files)
    except globs.NoSuchSource as missing:
        where = "" if other else "file not found in build context or excluded by .dockerignore: "
        raise ValueError(f"{keyword} failed: {where}stat {missing}: file does not exist") from missing
    if not paths:
        raise ValueError(f"{keyword} failed: no source files were specified")
    if len(paths) > 1 and not order.target.endswith("/"):
        raise ValueError(
            f"When using {keyword} with more than one source file, the destination must be a directory "
            "and end with a /"
        )
    return paths, checksum.classic(files, paths)
