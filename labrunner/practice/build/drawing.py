"""BuildKit's way with a Dockerfile: all stages that are needed become steps and a configuration before any runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labrunner.dockerfile import Dockerfile, Instruction
from labrunner.practice.build import metadata
from labrunner.practice.build.bases import SCRATCH, Bases
from labrunner.practice.build.checksum import of_text
from labrunner.practice.build.copying import Document, Order, mode_of
from labrunner.practice.build.expand import Expander
from labrunner.practice.build.failure import BuildFailure
from labrunner.practice.build.grammar import flag_list, flags, trigger
from labrunner.practice.build.naming import called
from labrunner.practice.build.report import Kind, Vertex
from labrunner.practice.build.running import Bind, Call, binds
from labrunner.practice.build.scope import Scope
from labrunner.practice.build.workshop import Job
from labrunner.reference import Reference

COMMENT = "buildkit.dockerfile.v0"
ORDERED = ("COPY", "ADD", "RUN", "WORKDIR")
KEPT = (
    *("User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels"),
    *("StopSignal", "ArgsEscaped", "Healthcheck", "OnBuild", "Shell"),
)
"""What of a base image's configuration goes on."""

Source = int | Reference | None
"""Where files are copied from: a stage by its place, an image, or the context."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What makes a layer."""

    vertex: Vertex
    stage: int
    call: Call | None = None
    binds: tuple[tuple[Bind, Source], ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    """Variables that RUN gets and the cache does not see."""
    order: Order | None = None
    source: Source = None
    linked: bool = False
    folder: str = ""
    """What WORKDIR makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A stage, drawn: what it stands on, its steps and its image but for the layers."""

    place: int
    base: Source
    """None: nothing (scratch)."""
    steps: tuple[Step, ...]
    config: metadata.Config
    history: tuple[Mapping[str, Any], ...]
    """Without times; those of the base come first."""
    image: Mapping[str, Any]
    """The base image's whole configuration; empty for scratch."""
    author: str = ""
    last: str = ""
    """The vertex that the stage ends with; empty for scratch without steps."""
    visible: Mapping[str, str] = field(default_factory=dict)
    """Variables at its end, for a stage that is built on it."""
    arguments: Mapping[str, str | None] = field(default_factory=dict)
    """Of those, what ARG declared."""


class Drawing:
    def __init__(self, job: Job, dockerfile: Dockerfile, scope: Scope, bases: Bases) -> None:
        self.job = job
        self.dockerfile = dockerfile
        self.scope = scope
        self.bases = bases
        self.stages: dict[int, Drawn] = {}
        self.base_vertices: dict[Reference, Vertex] = {}
        self._open: list[int] = []
        self._references: dict[int, Reference] = {}
        self._names = {stage.name: place for place, stage in enumerate(dockerfile.stages) if stage.name}

    async def draw(self, place: int) -> Drawn:
        """A stage, after all that it needs; raises `BuildFailure`."""
        await self._look_up(place)
        needed = sorted(self._seen)
        self._many = len(needed) > 1 or len(self.dockerfile.stages) > 1 or self._more_states
        for each in needed:
            await self._stage(each)
        return self.stages[place]

    async def _look_up(self, place: int) -> None:
        """All base images that will be needed, so that names of steps can be told before the first step."""
        self._seen: set[int] = set()
        self._more_states = False
        todo = [place]
        while todo:
            here = todo.pop()
            if here in self._seen:
                continue
            self._seen.add(here)
            stage = self.dockerfile.stages[here]
            lines = (stage.line, stage.instructions[0].end)
            base = self._base_name(here)
            before = self._earlier(base, here)
            if before is not None:
                todo.append(before)
            elif base != SCRATCH:
                self._references[here] = await self.bases.find(base, lines)
            for instruction in stage.instructions[1:]:
                for name in self._sources(instruction):
                    source = await self._source(name, instruction, here)
                    if isinstance(source, int):
                        todo.append(source)
                    else:
                        self._more_states = True
                if flag_list(instruction, "mount"):
                    self._more_states = True

    async def _stage(self, place: int) -> Drawn:
        if place in self.stages:
            return self.stages[place]
        if place in self._open:
            stage = self.dockerfile.stages[place]
            where = next(
                (each for each in stage.instructions[1:] if self._sources(each)), stage.instructions[0]
            )
            raise self.refusal(f"circular dependency detected on stage: {called(stage, place)}", where)
        self._open.append(place)
        pencil = await _Pencil.begin(self, place)
        for instruction in pencil.instructions:
            for name in self._sources(instruction):
                source = await self._source(name, instruction, place)
                if isinstance(source, int):
                    await self._stage(source)
        drawn = await pencil.draw()
        self._open.pop()
        self.stages[place] = drawn
        return drawn

    async def base_of(self, place: int) -> Drawn | Reference | None:
        before = self._earlier(self._base_name(place), place)
        if before is not None:
            return await self._stage(before)
        return self._references.get(place)

    async def source(self, name: str, instruction: Instruction, place: int) -> Source:
        return await self._source(name, instruction, place)

    def refusal(self, message: str, instruction: Instruction, vertex: str = "") -> BuildFailure:
        return BuildFailure(
            message,
            location=(instruction.line, instruction.end),
            dockerfile=self.job.text,
            filename=self.job.filename,
            vertex=vertex,
        )

    @property
    def many(self) -> bool:
        """Whether steps' names begin with the name of their stage."""
        return self._many

    def _base_name(self, place: int) -> str:
        first = self.dockerfile.stages[place].instructions[0]
        written = self.dockerfile.stages[place].base
        try:
            name = self.scope.outside.word(written)
        except ValueError as error:
            raise self.refusal(str(error), first) from error
        if not name:
            raise self.refusal(f"base name ({written}) should not be blank", first)
        return name

    def _earlier(self, name: str, place: int) -> int | None:
        """The latest stage of that name before this one."""
        stages = self.dockerfile.stages[:place]
        return next((n for n in range(len(stages) - 1, -1, -1) if stages[n].name == name.lower()), None)

    def _sources(self, instruction: Instruction) -> list[str]:
        names = []
        if instruction.keyword == "COPY" and (name := flags(instruction).get("from")):
            names.append(name)
        for text in flag_list(instruction, "mount"):
            fields = dict(each.partition("=")[::2] for each in text.split(","))
            if name := fields.get("from", ""):
                names.append(name)
        return names

    async def _source(self, name: str, instruction: Instruction, place: int) -> Source:
        if name.lower() in self._names:
            return self._names[name.lower()]
        if name.isascii() and name.isdigit():
            if len(name) > 4 or int(name) >= len(self.dockerfile.stages):
                raise BuildFailure(f"invalid stage index {name[:20]}")
            return int(name)
        if name == SCRATCH:
            return None
        return await self.bases.find(name, (instruction.line, instruction.end))


class _Pencil:
    """One stage while it is drawn."""

    def __init__(self, drawing: Drawing, place: int, base: Drawn | Reference | None) -> None:
        stage = drawing.dockerfile.stages[place]
        self.drawing = drawing
        self.place = place
        self.name = called(stage, place)
        self.steps: list[Step] = []
        self.before: tuple[Step, ...] = ()
        self.author = ""
        self.command_given = False
        self.arguments: dict[str, str | None] = {}
        self.image: Mapping[str, Any] = {}
        self.history: list[Mapping[str, Any]] = []
        self.config: metadata.Config = {"Env": [f"PATH={metadata.DEFAULT_PATH}"], "WorkingDir": "/"}
        self.base: Source = None
        self.last = ""
        if isinstance(base, Drawn):
            self._on_stage(base)
        elif base is not None:
            self._on_image(base, (stage.line, stage.instructions[0].end))
        self.visible = metadata.variables(self.config)
        if isinstance(base, Drawn):
            self.visible, self.arguments = dict(base.visible), dict(base.arguments)
        held = self.config.get("OnBuild") or ()
        self.config = {key: value for key, value in self.config.items() if key != "OnBuild"}
        first = stage.instructions[0]
        self.triggers = tuple(trigger(text, first.line, first.end) for text in held)
        self.instructions = (*self.triggers, *stage.instructions[1:])
        ordered = sum(each.keyword in ORDERED for each in self.instructions)
        self.number = 1 if isinstance(base, Reference) else 0
        self.total = self.number + ordered
        if isinstance(base, Reference):
            self._base_vertex(base, (first.line, first.end), first.original)

    @classmethod
    async def begin(cls, drawing: Drawing, place: int) -> "_Pencil":
        return cls(drawing, place, await drawing.base_of(place))

    async def draw(self) -> Drawn:
        for place, instruction in enumerate(self.instructions):
            await self._instruction(instruction, "ONBUILD " if place < len(self.triggers) else "")
        return Drawn(
            place=self.place,
            base=self.base,
            steps=tuple(self.steps),
            config=self.config,
            history=tuple(self.history),
            image=self.image,
            author=self.author,
            last=self.last,
            visible=self.visible,
            arguments=self.arguments,
        )

    def _on_stage(self, base: Drawn) -> None:
        self.base = base.place
        self.config, self.history, self.image = base.config, list(base.history), base.image
        self.author, self.last = base.author, base.last

    def _on_image(self, reference: Reference, lines: tuple[int, int]) -> None:
        image = self.drawing.bases.image(reference)
        self.base = reference
        self.image = image.config
        self.author = str(image.config.get("author") or "")
        self.history = list(image.history)
        self.config = {key: image.run[key] for key in KEPT if image.run.get(key)}

    def _base_vertex(self, reference: Reference, lines: tuple[int, int], text: str) -> None:
        known = self.drawing.base_vertices
        if reference not in known:
            known[reference] = Vertex(
                id=of_text("base", str(reference)),
                name=f"{self._place(1)}FROM {reference}",
                number=1,
                total=self.total,
                text=text,
                stage=self.name if self.drawing.many else "",
                kind="base",
                lines=lines,
            )
        self.last = known[reference].id

    def _place(self, number: int) -> str:
        width = len(str(self.total))
        prefix = f"{self.name} " if self.drawing.many else ""
        return f"[{prefix}{number:>{width}}/{self.total}] "

    @property
    def expander(self) -> Expander:
        return Expander(variables=self.visible, escape=self.drawing.dockerfile.escape)

    async def _instruction(self, instruction: Instruction, prefix: str) -> None:
        try:
            match instruction.keyword:
                case "RUN":
                    await self._run(instruction, prefix)
                case "COPY" | "ADD":
                    await self._copy(instruction, prefix)
                case "WORKDIR":
                    self._change(instruction, layered=True)
                    path = str(self.config["WorkingDir"])
                    shown = self.expander.shown(instruction.original)
                    self._step(instruction, prefix, shown, "workdir", (path,), folder=path)
                case "ARG":
                    self._arg(instruction)
                case _:
                    self._change(instruction)
        except ValueError as error:
            raise self.drawing.refusal(str(error), instruction) from error

    def _change(self, instruction: Instruction, *, layered: bool = False) -> None:
        changed = metadata.change(
            metadata.Asked(
                instruction=instruction,
                config=self.config,
                expander=self.expander,
                dialect="buildkit",
                command_given=self.command_given,
            )
        )
        if instruction.keyword == "ENV":
            self.visible.update(metadata.pairs(instruction, self.expander))
        self.config, self.command_given = changed.config, changed.command_given
        self.author = changed.author or self.author
        if instruction.keyword != "ONBUILD":
            self._say(changed.said, layered=layered)

    def _say(self, text: str, *, layered: bool) -> None:
        row: dict[str, Any] = {"created_by": text, "comment": COMMENT}
        if not layered:
            row["empty_layer"] = True
        self.history.append(row)

    def _arg(self, instruction: Instruction) -> None:
        said = ["ARG"]
        for name, value, default in self.drawing.scope.declare(instruction, self.expander):
            shown = value if value is not None else default
            said.append(name if shown is None else f"{name}={shown}")
            self.arguments.pop(name, None)
            self.arguments[name] = value
            if value is not None:
                self.visible[name] = value
        self._say(" ".join(said), layered=False)

    async def _run(self, instruction: Instruction, prefix: str) -> None:
        words, script, shown = _words(instruction, self.config)
        mounts = binds(instruction, self.expander.word)
        sources: list[tuple[Bind, Source]] = []
        for bind in mounts:
            source = await self.drawing.source(bind.stage, instruction, self.place) if bind.stage else None
            sources.append((bind, source))
        given = [f"{name}={self.visible.get(name, value or '')}" for name, value in self.arguments.items()]
        said = [f"|{len(given)}", *given, *words] if given else words
        self._say(f"RUN {' '.join(said)} # buildkit", layered=True)
        declared = {name for name, value in self.arguments.items() if value is not None}
        proxies = {
            name: value for name, value in self.drawing.scope.proxies().items() if name not in declared
        }
        call = Call(
            argv=tuple(words),
            env=dict(self.visible),
            cwd=str(self.config.get("WorkingDir") or "/"),
            user=str(self.config.get("User") or ""),
            script=script,
        )
        definition = (words, sorted(call.env.items()), call.cwd, call.user, script, mounts)
        text = self.expander.shown(instruction.original + shown)
        self._step(
            instruction, prefix, text, "run", definition, call=call, binds=tuple(sources), hidden=proxies
        )

    async def _copy(self, instruction: Instruction, prefix: str) -> None:
        given = flags(instruction)
        expander = self.expander
        name = given.get("from", "")
        source = await self.drawing.source(name, instruction, self.place) if name else None
        sources, documents, target = copied(instruction, expander)
        chown, chmod = expander.word(given.get("chown", "")), expander.word(given.get("chmod", ""))
        order = Order(
            sources=tuple(sources),
            documents=tuple(documents),
            target=target,
            workdir=str(self.config.get("WorkingDir") or "/"),
            chown=chown,
            chmod=mode_of(chmod) if chmod else None,
            exclude=flag_list(instruction, "exclude"),
            unpacks=instruction.keyword == "ADD" and given.get("unpack") != "false",
        )
        said = [instruction.keyword]
        said += [f"--{flag}={value}" for flag, value in (("chown", chown), ("chmod", chmod)) if value]
        said += ["--link"] if given.get("link") == "true" else []
        said += [*sources, *(f"<<{each.name}" for each in documents), target]
        self._say(f"{' '.join(said)} # buildkit", layered=True)
        text = expander.shown(instruction.original)
        for heredoc in instruction.heredocs:
            for mark in ('"', "'"):
                text = text.replace(f"{mark}{heredoc.name}{mark}", heredoc.name)
        linked = given.get("link") == "true"
        self._step(
            instruction, prefix, text, "copy", (order, name), order=order, source=source, linked=linked
        )

    def _step(
        self,
        instruction: Instruction,
        prefix: str,
        text: str,
        kind: Kind,
        definition: Sequence[object],
        **what: Any,
    ) -> None:
        self.number += 1
        keyword, space, rest = text.partition(" ")
        name = f"{self._place(self.number)}{prefix}{keyword.upper()}{space}{rest}"
        inputs = [self.last] if self.last else []
        sources = [what.get("source"), *(source for _, source in what.get("binds", ()))]
        for source in sources:
            if (
                isinstance(source, int)
                and (made := self.drawing.stages.get(source)) is not None
                and made.last
            ):
                inputs.append(made.last)
        vertex = Vertex(
            id=of_text(kind, self.place, self.number, instruction.line, *inputs, *definition),
            name=name,
            number=self.number,
            total=self.total,
            text=instruction.original,
            inputs=tuple(dict.fromkeys(inputs)),
            stage=self.name if self.drawing.many else "",
            kind=kind,
            lines=(instruction.line, instruction.end),
        )
        self.last = vertex.id
        self.steps.append(Step(vertex=vertex, stage=self.place, **what))


def copied(instruction: Instruction, expander: Expander) -> tuple[list[str], list[Document], str]:
    """The sources, here-documents and target of COPY or ADD; raises ValueError."""
    words = list(instruction.arguments)
    documents: list[Document] = []
    sources: list[str] = []
    names = {each.name: each for each in instruction.heredocs}
    for word in words[:-1]:
        name = word.removeprefix("<<").removeprefix("-").strip("\"'")
        if word.startswith("<<") and name in names:
            data = expander.document(names[name]).encode("utf-8", "surrogateescape")
            documents.append(Document(name=name, data=data))
        else:
            sources.append(expander.word(word))
    return sources, documents, expander.word(words[-1])


def _words(
    instruction: Instruction, config: metadata.Config
) -> tuple[list[str], tuple[str, str] | None, str]:
    """What RUN starts, the script that it may need as a file, and what its step's name says of here-documents."""
    heredocs = instruction.heredocs
    if not heredocs or instruction.form == "exec":
        return metadata.command(instruction, config), None, ""
    shell = list(config.get("Shell") or metadata.DEFAULT_SHELL)
    line = " ".join(instruction.arguments)
    first = heredocs[0]
    if len(heredocs) == 1 and line.removeprefix("<<").removeprefix("-").strip("\"' ") == first.name:
        from e2b_dockerfile_utils import chomp_heredoc_content

        text: str = chomp_heredoc_content(first.text) if first.strip_tabs else first.text
        lines = text.splitlines()
        shown = f" ({lines[0] if lines else ''}{'...' if len(lines) > 1 else ''})"
        if text.startswith("#!"):
            return [*shell, f"/dev/pipes/{first.name}"], (first.name, text), shown
        return [*shell, text], None, shown
    for each in heredocs:
        line += f"\n{each.text}{each.name}"
    return [*shell, line], None, ""
