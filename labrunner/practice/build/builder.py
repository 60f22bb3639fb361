"""The builder: a context and options go in, an image of the store comes out."""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from labrunner.practice.build import graph, ignore, stepwise
from labrunner.practice.build.cache import Cache
from labrunner.practice.build.context import Context
from labrunner.practice.build.failure import BuildFailure
from labrunner.practice.build.grammar import LONGEST, read_checked
from labrunner.practice.build.options import Dialect, Options
from labrunner.practice.build.report import Report
from labrunner.practice.build.workshop import Job, Progress, Resolve, Workshop
from labrunner.practice.happenings import Happenings
from labrunner.practice.images.image import Image
from labrunner.practice.images.store import Store
from labrunner.practice.images.tree import Tree, normalise
from labrunner.practice.runtime.backend import Backend
from labrunner.reference import InvalidReference, Reference, parse

__all__ = ["Builder", "Progress", "Resolve"]

MOST_TAGS = 100


class Builder:
    def __init__(
        self,
        *,
        store: Store,
        backend: Backend,
        resolve: Resolve,
        happenings: Happenings,
        cache_folder: Path,
        version: str = "28.5.2",
    ) -> None:
        self._store = store
        self._happenings = happenings
        self._folder = cache_folder
        self._cache = Cache(cache_folder, store)
        self._spools = cache_folder / "spool"
        shutil.rmtree(self._spools, ignore_errors=True)
        self._spools.mkdir(parents=True, mode=0o700)
        self._shop = Workshop(
            store=store, backend=backend, resolve=resolve, cache=self._cache, version=version
        )

    async def build(
        self,
        context: Context,
        options: Options,
        dialect: Dialect,
        report: Report,
        *,
        resolve: Resolve | None = None,
    ) -> Image:
        """The image, tagged; raises `BuildFailure`, or `Refused` where a base image could not be had. `resolve`
        stands in for the builder's own, for a client with accounts of its own."""
        tags = _references(options.tags)
        text, context = await asyncio.to_thread(_dockerfile, context, options, dialect)
        filename = options.dockerfile
        dockerfile = read_checked(text, filename, buildkit=dialect == "buildkit")
        shop = self._shop if resolve is None else replace(self._shop, resolve=resolve)
        with self._store.keeping(), tempfile.TemporaryDirectory(dir=self._spools) as spool:
            job = Job(
                shop=shop,
                context=context,
                options=options,
                report=report,
                text=text,
                filename=filename,
                spool=Path(spool),
            )
            if dialect == "classic":
                for gap in dockerfile.gaps:
                    await report.text(
                        f"\x1b[91m[WARNING]: Empty continuation line found in: {gap.text}\n\x1b[0m"
                    )
                image = await stepwise.build(job, dockerfile)
            else:
                image = await graph.build(job, dockerfile)
                self._cache.write()
            for tag in tags:
                await asyncio.to_thread(self._store.tag, image.id, tag)
        self._happenings.tell("builder", "build", image.id, {})
        return image

    def usage(self) -> list[dict[str, Any]]:
        """BuildKit's cache as the rows of GET /system/df."""
        return self._cache.usage()

    def prune(
        self, filters: Mapping[str, Sequence[str]] | None = None, *, everything: bool = False, keep: int = 0
    ) -> tuple[list[str], int]:
        """The IDs of the rows that went, and the bytes."""
        if everything:
            self._shop.mounts.clear()
        return self._cache.prune(filters, everything=everything, keep=keep)


def _references(tags: Sequence[str]) -> list[Reference]:
    """Raises `BuildFailure` before anything is built."""
    if len(tags) > MOST_TAGS:
        raise BuildFailure(f"practice engine: a build gives at most {MOST_TAGS} names, not {len(tags)}")
    found: dict[Reference, None] = {}
    for tag in tags:
        if not tag:
            continue
        try:
            reference = parse(tag)
        except InvalidReference as error:
            raise BuildFailure(str(error)) from error
        if reference.digest:
            raise BuildFailure("build tag cannot contain a digest")
        found[reference] = None
    return list(found)


def _dockerfile(context: Context, options: Options, dialect: Dialect) -> tuple[str, Context]:
    """Its text, and the context without what `.dockerignore` hides: BuildKit's client has left that out itself."""
    files = context.files
    text = options.dockerfile_text
    if text is None:
        text = _read(files, options.dockerfile, dialect)
        files = ignore.without(files, _patterns(files, options.dockerfile, dialect))
    if dialect == "classic" and files is context.files:
        files = ignore.without(files, _patterns(files, options.dockerfile, dialect))
    return text, Context(files=files)


def _patterns(files: Tree, dockerfile: str, dialect: Dialect) -> list[str]:
    names = [".dockerignore"]
    if dialect == "buildkit":
        names.insert(0, f"{normalise(dockerfile)}.dockerignore")
    for name in names:
        node = files.node(name)
        if node is not None and node.kind == "file":
            if node.content.size > ignore.LARGEST:
                raise BuildFailure(f"{name} is larger than {ignore.LARGEST} bytes")
            return ignore.patterns(node.content.read().decode("utf-8", "replace"))
    return []


def _read(files: Tree, dockerfile: str, dialect: Dialect) -> str:
    node = files.node(normalise(dockerfile))
    if node is None:
        if dialect == "buildkit":
            raise BuildFailure(f"failed to read dockerfile: open {dockerfile}: no such file or directory")
        raise BuildFailure(f"Cannot locate specified Dockerfile: {dockerfile}", status=500)
    if node.kind != "file":
        raise BuildFailure(f"failed to read dockerfile: read {dockerfile}: is a directory")
    if node.content.size > LONGEST:
        raise BuildFailure(f"dockerfile is bigger than allowed max size ({LONGEST})")
    return node.content.read().decode("utf-8", "replace")
