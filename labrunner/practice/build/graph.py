"""The BuildKit dialect: only what is needed runs, and what was done before is taken from the cache."""

import asyncio
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from labrunner.dockerfile import Dockerfile
from labrunner.practice.build import globs
from labrunner.practice.build.bases import Bases
from labrunner.practice.build.cache import Record, new_id, now_text
from labrunner.practice.build.checksum import of_text
from labrunner.practice.build.copying import chosen, content_sums, is_remote, lay, no_network
from labrunner.practice.build.drawing import Drawing
from labrunner.practice.build.drawn import Drawn, Source, Step
from labrunner.practice.build.failure import BuildFailure
from labrunner.practice.build.golang import quoted
from labrunner.practice.build.layering import Layering
from labrunner.practice.build.naming import called, target
from labrunner.practice.build.pencil import KEPT
from labrunner.practice.build.report import Stream, Vertex
from labrunner.practice.build.running import mount, run
from labrunner.practice.build.scope import Scope, platform_arguments
from labrunner.practice.build.workshop import MOST_LAYERS, Job
from labrunner.practice.images.image import Image, compose
from labrunner.practice.images.tree import EMPTY, Tree
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.backend import Mount
from labrunner.reference import Reference

ARCHITECTURE = "amd64"
_CREATE = "OCI runtime create failed: runc create failed: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The files at one point of a build."""

    key: str
    layers: tuple[str, ...] = ()
    created: tuple[str, ...] = ()
    """When each layer of this build's own steps came about, for the history."""
    records: tuple[str, ...] = ()
    """The cache record of the last step."""


async def build(job: Job, dockerfile: Dockerfile) -> Image:
    platform = job.options.platform.rpartition("/")[2] if "/" in job.options.platform else ARCHITECTURE
    wanted = target(dockerfile, job.options.target, hints=True)
    bases = Bases(job)
    scope = Scope(dockerfile, job.options, platform_arguments(platform))
    drawing = Drawing(job, dockerfile, scope, bases)
    drawn = await drawing.draw(wanted)
    graph = _Graph(job, drawing, bases)
    await job.report.planned(graph.vertices(drawn))
    made = await graph.stage(drawn)
    return graph.image(drawn, made, platform)


class _Graph:
    def __init__(self, job: Job, drawing: Drawing, bases: Bases) -> None:
        self._job = job
        self._drawing = drawing
        self._bases = bases
        self._made: dict[int, Made] = {}
        self._told: set[Reference] = set()

    def vertices(self, drawn: Drawn) -> list[Vertex]:
        """In the order in which they will run."""
        found: dict[str, Vertex] = {}

        def visit(each: Drawn) -> None:
            if isinstance(each.base, int):
                visit(self._drawing.stages[each.base])
            elif each.base is not None:
                base = self._drawing.base_vertices[each.base]
                found.setdefault(base.id, base)
            for step in each.steps:
                for source in _sources(step):
                    if isinstance(source, int):
                        visit(self._drawing.stages[source])
                    elif source is not None:
                        vertex = self._bare(source)
                        found.setdefault(vertex.id, vertex)
                found.setdefault(step.vertex.id, step.vertex)

        visit(drawn)
        return list(found.values())

    async def stage(self, drawn: Drawn) -> Made:
        if drawn.place in self._made:
            return self._made[drawn.place]
        if isinstance(drawn.base, int):
            made = await self.stage(self._drawing.stages[drawn.base])
        elif drawn.base is not None:
            made = await self._base(drawn.base, self._drawing.base_vertices[drawn.base])
        else:
            made = Made(key=of_text("scratch"))
        for step in drawn.steps:
            made = await self._step(drawn, step, made)
        self._made[drawn.place] = made
        return made

    def image(self, drawn: Drawn, made: Made, architecture: str) -> Image:
        labels = {**(drawn.config.get("Labels") or {}), **self._job.options.labels}
        run = {
            key: value for key, value in {**drawn.config, "Labels": labels}.items() if value and key in KEPT
        }
        history = _timed(drawn.history, made.created)
        config: dict[str, Any] = {
            "architecture": drawn.image.get("architecture") or architecture,
            "config": run,
            "history": history,
            "os": drawn.image.get("os") or "linux",
            "rootfs": {"type": "layers", "diff_ids": list(made.layers)},
        }
        if drawn.image.get("variant"):
            config["variant"] = drawn.image["variant"]
        if drawn.author:
            config["author"] = drawn.author
        times = [row["created"] for row in history if row.get("created")]
        if times:
            config["created"] = times[-1]
        return self._job.shop.store.add_image(compose(config))

    async def _base(self, reference: Reference, vertex: Vertex) -> Made:
        image = self._bases.image(reference)
        if reference not in self._told:
            self._told.add(reference)
            report = self._job.report
            await report.started(vertex)
            if reference in self._bases.pulled:
                await report.finished(vertex, "")
            else:
                await report.cached(vertex, "")
        return Made(key=of_text("image", *image.layers), layers=image.layers)

    async def _step(self, drawn: Drawn, step: Step, made: Made) -> Made:
        job, vertex = self._job, step.vertex
        trees = {source: await self._files(source) for source in _sources(step)}
        await job.report.started(vertex)
        for source in step.order.sources if step.order is not None and step.order.unpacks else ():
            if is_remote(source):
                why = no_network(source)
                await job.report.failed(vertex, why)
                raise BuildFailure(f"failed to load cache key: {why}", vertex=vertex.id)
        try:
            key, paths = await asyncio.to_thread(self._key, step, made, trees)
            known = None if self._anew(drawn) else job.shop.cache.find(key)
            if known is not None:
                await job.report.cached(vertex, "")
                return self._after(made, key, known)
            layer = await self._work(step, made, trees, paths)
            diff_id = await asyncio.to_thread(job.shop.store.add_layer, layer)
        except globs.NoSuchSource as missing:
            raise await self._missing(step, str(missing)) from missing
        except (ValueError, Refused) as error:
            failure = await self._failed(step, str(error))
            failure.exit_code = error.status if isinstance(error, _Exited) else 0
            raise failure from error
        known = job.shop.cache.add(
            key, diff_id, description=_description(step), parents=made.records, created=now_text()
        )
        if len(made.layers) >= MOST_LAYERS:
            raise await self._failed(step, "max depth exceeded")
        await job.report.finished(vertex, "")
        return self._after(made, key, known)

    def _after(self, made: Made, key: str, record: Record) -> Made:
        return Made(
            key=key,
            layers=(*made.layers, record.diff_id),
            created=(*made.created, record.created),
            records=(record.id,),
        )

    def _anew(self, drawn: Drawn) -> bool:
        options = self._job.options
        stage = self._drawing.dockerfile.stages[drawn.place]
        return options.no_cache or called(stage, drawn.place) in options.no_cache_stages

    def _key(self, step: Step, made: Made, trees: Mapping[Source, Tree]) -> tuple[str, list[str]]:
        """What the step's layer depends on, and the paths that COPY will take."""
        if step.order is not None:
            order, files = step.order, trees[step.source]
            paths = chosen(order, files)
            sums = content_sums(order, files, paths)
            shape = (
                order.sources,
                order.target,
                order.workdir,
                order.chown,
                order.chmod,
                order.exclude,
                order.unpacks,
            )
            return of_text("copy", "" if step.linked else made.key, *shape, *sums), paths
        if step.call is not None:
            call = step.call
            mounts = [f"{bind}{self._identity(source)}" for bind, source in step.binds]
            env = json.dumps(sorted(call.env.items()))
            return of_text("run", made.key, *call.argv, env, call.cwd, call.user, call.script, *mounts), []
        return of_text("mkdir", made.key, step.folder), []

    def _identity(self, source: Source) -> str:
        if isinstance(source, int):
            return self._made[source].key
        return "" if source is None else self._bases.image(source).id

    async def _work(self, step: Step, made: Made, trees: Mapping[Source, Tree], paths: Sequence[str]) -> Tree:
        base = await asyncio.to_thread(self._job.shop.store.layers_tree, made.layers)
        now = int(time.time())
        if step.order is not None:
            below = EMPTY if step.linked else base
            return await asyncio.to_thread(
                lay, step.order, trees[step.source], paths, below, now=now, spool=self._job.spool
            )
        if step.call is not None:
            return await self._run(step, base, trees)
        return folder_layer(step.folder, base, now)

    async def _run(self, step: Step, base: Tree, trees: Mapping[Source, Tree]) -> Tree:
        assert step.call is not None
        call, job = step.call, self._job
        env = {**step.hidden, **call.env}
        mounts: list[Mount] = []
        for bind, source in step.binds:
            if bind.kind == "secret" and bind.variable:
                if (data := job.options.secrets.get(bind.id)) is not None:
                    env[bind.variable] = data.decode("utf-8", "surrogateescape")
                continue
            found = mount(job.shop, bind, lambda _, source=source: trees[source], job.options.secrets)  # type: ignore[misc]
            if found is not None:
                mounts.append(found)

        async def write(stream: str, data: bytes) -> None:
            name: Stream = "stderr" if stream == "stderr" else "stdout"
            await job.report.wrote(step.vertex, name, data)

        process = f"process {quoted(' '.join(call.argv))} did not complete successfully: "
        started = replace(call, env=env, extra_hosts=job.options.extra_hosts)
        try:
            status, layer = await run(job.shop, base, started, write, mounts)
        except Refused as refusal:
            _, found_text, why = refusal.message.partition(_CREATE)
            if not found_text:
                raise ValueError(process + refusal.message) from refusal
            await write("stderr", f"runc run failed: {why}\n".encode())
            raise _Exited(process + "exit code: 1", 1) from refusal
        if status:
            raise _Exited(f"{process}exit code: {status}", status)
        return layer

    async def _files(self, source: Source) -> Tree:
        if isinstance(source, int):
            made = await self.stage(self._drawing.stages[source])
            return await asyncio.to_thread(self._job.shop.store.layers_tree, made.layers)
        if source is None:
            return self._job.context.files
        made = await self._base(source, self._bare(source))
        return await asyncio.to_thread(self._job.shop.store.layers_tree, made.layers)

    def _bare(self, reference: Reference) -> Vertex:
        """Of an image that files are copied from."""
        known = self._drawing.base_vertices.get(reference)
        if known is not None:
            return known
        return Vertex(
            id=of_text("base", str(reference)),
            name=f"FROM {reference}",
            number=0,
            total=0,
            text=f"FROM {reference.familiar}",
            kind="base",
            lines=(1, 1),
        )

    async def _missing(self, step: Step, path: str) -> BuildFailure:
        if step.source is not None:
            return await self._failed(step, f"lstat /{path}: no such file or directory")
        why = f'failed to calculate checksum of ref {uuid.uuid4()}::{new_id()}: "/{path}": not found'
        return await self._failed(step, why, f"failed to compute cache key: {why}")

    async def _failed(self, step: Step, why: str, message: str = "") -> BuildFailure:
        await self._job.report.failed(step.vertex, why)
        return BuildFailure(
            message or why,
            location=step.vertex.lines,
            dockerfile=self._job.text,
            filename=self._job.filename,
            vertex=step.vertex.id,
        )


class _Exited(ValueError):
    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def _sources(step: Step) -> list[Source]:
    """Where a step takes files from."""
    found: list[Source] = [] if step.order is None else [step.source]
    for bind, source in step.binds:
        if bind.kind == "bind" or (bind.kind == "cache" and bind.stage):
            found.append(source)
    return found


def folder_layer(path: str, base: Tree, now: int) -> Tree:
    """What WORKDIR makes; empty where the folder is there. Raises ValueError where a file is in the way."""
    layering = Layering(base, now)
    layering.folder(layering.real(path.strip("/")))
    return layering.layer()


def _timed(history: Sequence[Mapping[str, Any]], created: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of layers have their layer's time, others that of the first layer after the base or of the one before
    them; so a build of metadata alone gives the same image every time."""
    times = iter(created)
    rows = [dict(row) for row in history]
    for row in rows:
        if "created" not in row and not row.get("empty_layer"):
            row["created"] = next(times)
    current, gap = "", False
    for row in rows:
        if row.get("created"):
            current = row["created"]
            if gap:
                break
        else:
            gap = True
    gap = False
    for row in rows:
        if row.get("created"):
            if gap:
                current = row["created"]
        else:
            gap = True
            if current:
                row["created"] = current
    return rows


def _description(step: Step) -> str:
    if step.call is not None:
        return f"mount / from exec {' '.join(step.call.argv)}"
    return step.vertex.name
