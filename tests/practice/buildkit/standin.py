"""A daemon with a small builder that obeys the report's protocol: FROM, COPY of files, RUN echo, RUN exit, RUN wait."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from labrunner.dockerfile import Instruction, Problem, read
from labrunner.practice.build.context import Context
from labrunner.practice.build.failure import BuildFailure
from labrunner.practice.build.options import Dialect, Options
from labrunner.practice.build.report import Report, Vertex
from labrunner.practice.happenings import Happenings
from labrunner.practice.images.image import Image
from labrunner.practice.images.store import Store
from labrunner.practice.images.tree import Bytes, Tree
from labrunner.reference import parse

MANIFEST = "sha256:" + "ab" * 32


class StandIn:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "store", Happenings())
        self.asked: list[Options] = []
        self.context = Tree()
        self.accounts: Mapping[str, Any] = {}
        self.waiting = asyncio.Event()
        self.cancelled = asyncio.Event()
        self._done: set[str] = set()

    async def build(
        self,
        context: Context,
        options: Options,
        dialect: Dialect,
        report: Report,
        *,
        accounts: Mapping[str, Any],
    ) -> Image:
        assert dialect == "buildkit"
        self.asked.append(options)
        self.context, self.accounts = _read(context.files), accounts
        text = options.dockerfile_text or ""
        found = read(text)
        if isinstance(found, Problem):
            line = found.line or 1
            raise BuildFailure(
                f"dockerfile parse error on line {line}: {found.what} (did you mean {found.hint}?)",
                location=(line, line),
                dockerfile=text,
                filename=options.dockerfile,
            )
        steps = found.stages[-1].instructions
        base = parse(found.stages[-1].base)
        resolve = Vertex(
            id=_id("resolve", str(base)), name=f"[internal] load metadata for {base}", number=0, total=0, text="",
            kind="resolve", lines=(1, 1),
        )  # fmt: skip
        await report.started(resolve)
        await report.finished(resolve, "")
        vertices = [
            self._vertex(each, n, len(steps), base=f"{base}@{MANIFEST}") for n, each in enumerate(steps, 1)
        ]
        await report.planned(vertices)
        tree = Tree()
        for vertex, step in zip(vertices, steps, strict=True):
            await report.started(vertex)
            tree = await self._do(vertex, step, tree, options, report)
        return self._image(tree, options)

    def build_cache(self) -> list[dict[str, Any]]:
        return [
            {
                "ID": name.removeprefix("sha256:")[:25],
                "Parents": None,
                "Type": "regular",
                "Description": "[2/2] RUN echo hi",
                "InUse": False,
                "Shared": False,
                "Size": 12,
                "CreatedAt": "2026-01-02T03:04:05.678Z",
                "LastUsedAt": "2026-01-02T03:04:05.678Z",
                "UsageCount": 1,
            }
            for name in sorted(self._done)
        ]

    def prune_build_cache(
        self, filters: Mapping[str, Any], *, everything: bool = False
    ) -> tuple[list[str], int]:
        gone = [row["ID"] for row in self.build_cache()]
        self._done.clear()
        return gone, 12 * len(gone)

    def _vertex(self, step: Instruction, number: int, total: int, *, base: str) -> Vertex:
        name = f"[{number}/{total}] " + (f"FROM {base}" if number == 1 else f"{step.keyword} {step.text}")
        return Vertex(
            id=_id(name),
            name=name,
            number=number,
            total=total,
            text=step.text,
            kind="base" if number == 1 else "run",
            lines=(step.line, step.end),
        )

    async def _do(
        self, vertex: Vertex, step: Instruction, tree: Tree, options: Options, report: Report
    ) -> Tree:
        words = step.text.split()
        if vertex.id in self._done and not options.no_cache and step.keyword != "COPY":
            await report.cached(vertex, "")
            return tree
        match (step.keyword, words):
            case ("COPY", (source, _)):
                nodes = {path: node for path, node in self.context.nodes.items() if source in (".", path)}
                tree = tree.apply(Tree(nodes))
            case ("RUN", ("echo", *said)):
                await report.wrote(vertex, "stdout", (" ".join(said) + "\n").encode())
            case ("RUN", ("lines", count)):
                for number in range(int(count)):
                    await report.wrote(vertex, "stdout", b"%09d %s\n" % (number, b"x" * 1000))
            case ("RUN", ("cat-secret", name)):
                await report.wrote(vertex, "stdout", options.secrets[name])
            case ("RUN", ("wait",)):
                self.waiting.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    self.cancelled.set()
            case ("RUN", ("exit", status)):
                message = (
                    f'process "/bin/sh -c {step.text}" did not complete successfully: exit code: {status}'
                )
                await report.failed(vertex, message)
                raise BuildFailure(
                    message,
                    location=vertex.lines,
                    dockerfile=options.dockerfile_text or "",
                    filename=options.dockerfile,
                    exit_code=int(status),
                    vertex=vertex.id,
                )
            case _:
                pass
        self._done.add(vertex.id)
        await report.finished(vertex, "")
        return tree

    def _image(self, tree: Tree, options: Options) -> Image:
        layer = self.store.add_layer(tree)
        config = {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Labels": dict(options.labels)},
            "rootfs": {"type": "layers", "diff_ids": [layer]},
            "history": [{"created_by": "COPY"}],
        }
        image = self.store.add_image(json.dumps(config, separators=(",", ":")).encode())
        for tag in options.tags:
            self.store.tag(image.id, parse(tag))
        return image


def _read(files: Tree) -> Tree:
    """With contents that outlast the build."""
    return Tree(
        {path: replace(node, content=Bytes(node.content.read())) for path, node in files.nodes.items()}
    )


def _id(*words: str) -> str:
    return "sha256:" + sha256("\0".join(words).encode()).hexdigest()
