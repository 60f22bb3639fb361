"""BuildKit's way with a Dockerfile: all stages that are needed become steps and a configuration before any runs."""

from labrunner.dockerfile import Dockerfile, Instruction
from labrunner.practice.build.bases import SCRATCH, Bases
from labrunner.practice.build.drawn import Drawn, Source
from labrunner.practice.build.failure import BuildFailure
from labrunner.practice.build.grammar import flag_list, flags
from labrunner.practice.build.naming import called
from labrunner.practice.build.pencil import Pencil
from labrunner.practice.build.report import Vertex
from labrunner.practice.build.scope import Scope
from labrunner.practice.build.workshop import Job
from labrunner.reference import Reference


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
        pencil = await Pencil.begin(self, place)
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
