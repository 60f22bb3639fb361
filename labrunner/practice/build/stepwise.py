"""The classic dialect: every instruction up to the target is a step, and every step an image."""

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from labrunner.dockerfile import Dockerfile, Instruction, Stage
from labrunner.practice.build import metadata
from labrunner.practice.build.arguments import copied
from labrunner.practice.build.bases import SCRATCH
from labrunner.practice.build.classiccache import made_before
from labrunner.practice.build.classicchoice import classic_choice
from labrunner.practice.build.classicimage import image_facts
from labrunner.practice.build.classicsteps import planned, with_labels
from labrunner.practice.build.copying import Order, lay
from labrunner.practice.build.expand import Expander
from labrunner.practice.build.failure import BuildFailure
from labrunner.practice.build.grammar import BUILDKIT_ONLY, flags, trigger
from labrunner.practice.build.graph import folder_layer
from labrunner.practice.build.naming import target
from labrunner.practice.build.report import Stream, Vertex
from labrunner.practice.build.running import Call, run, without
from labrunner.practice.build.scope import Scope
from labrunner.practice.build.workshop import MOST_LAYERS, Job
from labrunner.practice.images.image import Image, compose
from labrunner.practice.images.store import Store
from labrunner.practice.images.tree import EMPTY, Tree
from labrunner.practice.refusal import Refused
from labrunner.reference import InvalidReference, parse

NEEDS_BUILDKIT = (
    "the --{} option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ "
    "to learn how to build images with BuildKit enabled"
)


@dataclass(slots=True, kw_only=True)
class _State:
    """One stage as far as it is built."""

    image: Image | None = None
    config: metadata.Config = field(default_factory=dict)
    author: str = ""
    command_given: bool = False
    missed: bool = False
    """A step of this stage was not in the cache, so none after it is looked for."""
    arguments: dict[str, str | None] = field(default_factory=dict)


async def build(job: Job, dockerfile: Dockerfile) -> Image:
    last = target(dockerfile, job.options.target, hints=False)
    labelled = with_labels(dockerfile.stages[: last + 1], job.options.labels)
    image = await _Line(job, dockerfile, labelled).build()
    if image is None:
        raise BuildFailure("No image was generated. Is your Dockerfile empty?", status=500)
    return image


class _Line:
    def __init__(self, job: Job, dockerfile: Dockerfile, stages: tuple[Stage, ...]) -> None:
        self._job = job
        self._report = job.report
        self._store = job.shop.store
        self._escape = dockerfile.escape
        self._stages = stages
        self._globals = dockerfile.globals
        self._dockerfile = dockerfile
        self._scope = Scope(replace(dockerfile, globals=()), job.options, {})
        self._done: list[tuple[str, Image | None]] = []
        self._state = _State()
        every = [*self._globals, *(each for stage in stages for each in stage.instructions)]
        self._vertices = planned(every)
        """By the identity of the instruction, which the Dockerfile keeps alive."""

    async def build(self) -> Image | None:
        await self._report.planned(tuple(self._vertices.values()))
        for instruction in self._globals:
            await self._report.started(self._vertices[id(instruction)])
        try:
            self._scope = Scope(self._dockerfile, self._job.options, {})
        except ValueError as error:
            raise BuildFailure(str(error), dockerfile=self._job.text) from error
        for stage in self._stages:
            for instruction in stage.instructions:
                await self._step(stage, instruction)
            image = self._state.image
            self._done.append((stage.name, image))
        unused = self._scope.unused
        if unused:
            await self._report.text(
                f"[Warning] One or more build-args [{' '.join(unused)}] were not consumed"
            )
        return self._state.image

    async def _step(self, stage: Stage, instruction: Instruction) -> None:
        vertex = self._vertices[id(instruction)]
        if instruction.keyword == "FROM" and stage.name and any(stage.name == done for done, _ in self._done):
            raise self._failure(f"{stage.name} stage name already used", vertex)
        await self._report.started(vertex)
        try:
            hit = await self._dispatch(instruction, vertex, stage)
        except BuildFailure as failure:
            failure.vertex = failure.vertex or vertex.id
            await self._report.failed(vertex, failure.message)
            raise
        except (ValueError, Refused) as error:
            await self._report.failed(vertex, str(error))
            raise self._failure(str(error), vertex) from error
        image_id = self._state.image.id if self._state.image is not None else ""
        if hit:
            await self._report.cached(vertex, image_id)
        else:
            await self._report.finished(vertex, image_id)

    async def _dispatch(self, instruction: Instruction, vertex: Vertex, stage: Stage | None = None) -> bool:
        """Whether the step came from the cache."""
        given = flags(instruction)
        for name in BUILDKIT_ONLY:
            if name in given:
                raise ValueError(NEEDS_BUILDKIT.format(name))
        match instruction.keyword:
            case "FROM":
                assert stage is not None
                await self._from(stage, instruction, vertex)
                return False
            case "ARG":
                return await self._arg(instruction)
            case "RUN":
                return await self._run(instruction, vertex)
            case "COPY" | "ADD":
                return await self._copy(instruction, given)
            case "WORKDIR":
                return await self._workdir(instruction)
            case _:
                return await self._change(instruction)

    async def _from(self, stage: Stage, instruction: Instruction, vertex: Vertex) -> None:
        name = self._scope.outside.word(stage.base)
        self._check_platform(flags(instruction).get("platform"))
        if not name:
            raise ValueError(f"base name ({stage.base}) should not be blank")
        image = await self._base(name, vertex)
        self._state = _State(image=image)
        if image is not None:
            run_config = {key: value for key, value in image.run.items() if key not in ("Hostname", "Image")}
            self._state.config = run_config
            self._state.author = str(image.config.get("author") or "")
        env = list(self._state.config.get("Env") or ())
        if not any(each.startswith("PATH=") for each in env):
            self._state.config = {**self._state.config, "Env": [*env, f"PATH={metadata.DEFAULT_PATH}"]}
        triggers = list(self._state.config.get("OnBuild") or ())
        if triggers:
            self._state.config = {key: value for key, value in self._state.config.items() if key != "OnBuild"}
            plural = "" if len(triggers) == 1 else "s"
            await self._report.text(f"# Executing {len(triggers)} build trigger{plural}")
            for text in triggers:
                held = trigger(text, instruction.line, instruction.end)
                if await self._dispatch(held, vertex):
                    await self._report.text(" ---> Using cache")

    def _check_platform(self, written: str | None) -> None:
        if written is not None and not self._scope.outside.word(written):
            raise ValueError(
                'failed to parse platform : "" is an invalid OS component of "": '
                "OSAndVersion specifier component must match "
                r'"^([A-Za-z0-9_-]+)(?:\\(([A-Za-z0-9_.%-]*)((?:\\+[A-Za-z0-9_.%-]+)*)\\))?$": invalid argument'
            )

    async def _base(self, name: str, vertex: Vertex) -> Image | None:
        for done, image in reversed(self._done):
            if done and done == name.lower():
                return image
        if name == SCRATCH:
            return None
        try:
            reference = parse(name)
        except InvalidReference as error:
            raise ValueError(str(error)) from error

        async def progress(message: Mapping[str, Any]) -> None:
            await self._report.pulling(vertex, message)

        return await self._job.shop.base(reference, progress, pull=self._job.options.pull)

    @property
    def _expander(self) -> Expander:
        known = {name: value for name, value in self._state.arguments.items() if value is not None}
        return Expander(variables={**known, **metadata.variables(self._state.config)}, escape=self._escape)

    def _changed(self, instruction: Instruction) -> metadata.Changed:
        asked = metadata.Asked(
            instruction=instruction,
            config=self._state.config,
            expander=self._expander,
            dialect="classic",
            command_given=self._state.command_given,
        )
        return metadata.change(asked)

    async def _change(self, instruction: Instruction) -> bool:
        state = self._state
        changed = self._changed(instruction)
        state.config, state.command_given = changed.config, changed.command_given
        state.author = changed.author or state.author
        return await self._commit(["#(nop) ", changed.said])

    async def _arg(self, instruction: Instruction) -> bool:
        said = ["ARG"]
        for name, value, default in self._scope.declare(instruction, self._expander):
            self._state.arguments[name] = value
            said.append(name if default is None else f"{name}={default}")
        return await self._commit(["#(nop) ", " ".join(said)])

    async def _workdir(self, instruction: Instruction) -> bool:
        state = self._state
        changed = self._changed(instruction)
        state.config = changed.config
        command = [*self._shell, f"#(nop) {changed.said}"]
        if await self._probe(command):
            return True
        path = str(state.config["WorkingDir"])
        layer = folder_layer(path, await self._tree(), int(time.time()))
        await self._keep(command, layer, container=await self._container())
        return False

    async def _run(self, instruction: Instruction, vertex: Vertex) -> bool:
        state = self._state
        words = metadata.command(instruction, state.config)
        env = metadata.variables(state.config)
        arguments = {
            name: value
            for name, value in sorted(state.arguments.items())
            if value is not None and name not in env
        }
        proxies = {name: value for name, value in self._scope.proxies().items() if name not in env}
        counted = [f"{name}={value}" for name, value in arguments.items()]
        command = [f"|{len(counted)}", *counted, *words] if counted or proxies else words
        if await self._probe(command):
            return True
        container = await self._container(removed=False)

        async def write(stream: str, data: bytes) -> None:
            name: Stream = "stderr" if stream == "stderr" else "stdout"
            await self._report.wrote(vertex, name, data)

        call = Call(
            argv=tuple(words),
            env={**proxies, **arguments, **env},
            cwd=str(state.config.get("WorkingDir") or "/"),
            user=str(state.config.get("User") or ""),
            hostname=container[:12],
            extra_hosts=self._job.options.extra_hosts,
        )
        tree = await self._tree()
        status, layer = await run(self._job.shop, tree, call, write)
        if status:
            message = f"The command '{' '.join(words)}' returned a non-zero code: {status}"
            raise self._failure(message, vertex, exit_code=status)
        await self._report.text(f" ---> Removed intermediate container {container[:12]}")
        layer = without(layer, tree, state.config.get("Volumes") or ())
        await self._keep(command, layer, container=container)
        return False

    async def _copy(self, instruction: Instruction, given: Mapping[str, str]) -> bool:
        keyword, state = instruction.keyword, self._state
        sources, _, written = copied(replace(instruction, heredocs=()), self._expander)
        sources = [source for source in sources if not source.startswith("<<")]
        chown = self._expander.word(given.get("chown", ""))
        order = Order(
            sources=tuple(sources),
            target=written,
            workdir=str(state.config.get("WorkingDir") or "/"),
            chown=chown,
            unpacks=keyword == "ADD",
            classic=True,
        )
        source = given.get("from", "")
        files = await self._source(source) if source else self._job.context.files
        paths, summed = await asyncio.to_thread(classic_choice, keyword, order, files, other=bool(source))
        owner = f"--chown={chown} " if chown else ""
        command = [*self._shell, f"#(nop) {keyword} {owner}{summed} in {written} "]
        if await self._probe(command):
            return True
        layer = await asyncio.to_thread(
            lay, order, files, paths, await self._tree(), now=int(time.time()), spool=self._job.spool
        )
        await self._keep(command, layer)
        return False

    async def _source(self, name: str) -> Tree:
        for done, image in self._done:
            if done and done == name.lower():
                return await self._tree_of(image)
        if name.isascii() and name.isdigit():
            if len(name) > 4 or int(name) >= len(self._done):
                raise ValueError(f"invalid from flag value {name[:20]}: index out of bounds")
            found = self._done[int(name)][1]
            return await self._tree_of(found)

        async def quiet(_: Mapping[str, Any]) -> None:
            return None

        try:
            image = await self._job.shop.base(parse(name), quiet, pull=False)
        except (InvalidReference, Refused) as error:
            raise ValueError(f"invalid from flag value {name}: {error}") from error
        return await self._tree_of(image)

    @property
    def _shell(self) -> list[str]:
        return list(self._state.config.get("Shell") or metadata.DEFAULT_SHELL)

    async def _tree(self) -> Tree:
        return await self._tree_of(self._state.image)

    async def _tree_of(self, image: Image | None) -> Tree:
        return await asyncio.to_thread(self._store.tree, image) if image is not None else EMPTY

    async def _commit(self, said: list[str]) -> bool:
        """A step that changes no file."""
        command = [*self._shell, *said]
        if await self._probe(command):
            return True
        await self._keep(command, EMPTY, container=await self._container())
        return False

    async def _container(self, *, removed: bool = True) -> str:
        """The ID of a container that is made for the step and goes at once."""
        container = secrets.token_hex(32)
        await self._report.text(f" ---> Running in {container[:12]}")
        if removed:
            await self._report.text(f" ---> Removed intermediate container {container[:12]}")
        return container

    async def _probe(self, command: list[str]) -> bool:
        """Take the latest image that this step has made of this parent before, if there is one."""
        state, options = self._state, self._job.options
        if options.no_cache or state.missed:
            return False
        parent = state.image.id if state.image is not None else ""
        found = made_before(self._store, parent, {**state.config, "Cmd": command}, options.cache_from)
        if found is None:
            state.missed = True
            return False
        state.image = found
        return True

    async def _keep(self, command: list[str], layer: Tree, *, container: str = "") -> None:
        """Make the step's image; it stands on the one before."""
        state, before = self._state, self._state.image
        layers = list(before.layers) if before is not None else []
        empty = not layer.nodes
        if not empty:
            if len(layers) >= MOST_LAYERS:
                raise ValueError("max depth exceeded")
            layers.append(await asyncio.to_thread(self._store.add_layer, layer))
        facts = image_facts(
            before,
            state.config,
            command=command,
            layers=layers,
            empty=empty,
            author=state.author,
            container=container,
            version=self._job.shop.version,
        )
        parent = before.id if before is not None else None
        state.image = await asyncio.to_thread(_made, self._store, facts, parent)

    def _failure(self, message: str, vertex: Vertex, *, exit_code: int = 0) -> BuildFailure:
        return BuildFailure(
            message,
            status=500,
            location=vertex.lines,
            dockerfile=self._job.text,
            filename=self._job.filename,
            exit_code=exit_code,
            vertex=vertex.id,
        )


def _made(store: Store, facts: Mapping[str, Any], parent: str | None) -> Image:
    return store.add_image(compose(facts), parent=parent, local=True)
