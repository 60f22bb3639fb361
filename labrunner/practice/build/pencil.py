"""Draws one stage: its instructions become steps, a configuration and a history."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from labrunner.dockerfile import Instruction
from labrunner.practice.build import metadata
from labrunner.practice.build.arguments import copied, started
from labrunner.practice.build.checksum import of_text
from labrunner.practice.build.copying import Order, mode_of
from labrunner.practice.build.drawn import Drawn, Source, Step
from labrunner.practice.build.expand import Expander
from labrunner.practice.build.grammar import flag_list, flags, trigger
from labrunner.practice.build.naming import called
from labrunner.practice.build.report import Kind, Vertex
from labrunner.practice.build.running import Bind, Call, binds
from labrunner.reference import Reference

if TYPE_CHECKING:
    from labrunner.practice.build.drawing import Drawing

COMMENT = "buildkit.dockerfile.v0"
ORDERED = ("COPY", "ADD", "RUN", "WORKDIR")
KEPT = (
    *("User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels"),
    *("StopSignal", "ArgsEscaped", "Healthcheck", "OnBuild", "Shell"),
)
"""What of a base image's configuration goes on."""


class Pencil:
    def __init__(self, drawing: "Drawing", place: int, base: Drawn | Reference | None) -> None:
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
    async def begin(cls, drawing: "Drawing", place: int) -> "Pencil":
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
        words, script, shown = started(instruction, self.config)
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
