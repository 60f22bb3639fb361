"""One page of an outline read into a step: each fence goes where its role says, the rest is prose."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from labrunner.checks.check import PlacedCheck
from labrunner.errors import LessonError, Location
from labrunner.lesson.decode import Decoder
from labrunner.lesson.filling import Filler
from labrunner.lesson.ids import check_ids
from labrunner.lesson.model import (
    CommandPattern,
    EngineName,
    Feedback,
    Option,
    Passage,
    Question,
    Reject,
    Script,
    Step,
    WorkspaceFile,
)
from labrunner.lesson.pages import Block, Fence, Line, Page, TaskList
from labrunner.lesson.problems import Problems, did_you_mean, shown
from labrunner.lesson.roles import Info, checked
from labrunner.lesson.source import inside
from labrunner.lesson.yaml_nodes import Node, read


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectKeys:
    """A typical wrong way to do the step."""

    run: str
    """The commands, run by the proof after the step's setup."""
    says: str
    """Words that the learner must then see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandKey:
    """A command line of the learner."""

    command: str
    """What it looks like; `*` stands for anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackKeys:
    """What to tell the learner in one case, in your words."""

    when: CommandKey | PlacedCheck
    """A check by its kind, or `command: PATTERN`."""
    say: str
    """Told before the generated explanation is tried."""


_LABEL = re.compile(r"\[([^\]\[^]{1,80})\]")


@dataclass(slots=True, kw_only=True)
class _Draft:
    """A step while its page is read."""

    prose: "list[Passage]" = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    checks: list[PlacedCheck] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    questions: list[tuple[Question, Location]] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    scripts: dict[str, list[Script]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    files: list[WorkspaceFile] = field(default_factory=list)
    hashed: list[str] = field(default_factory=list)
    """The unfilled text of what the step asks for."""

    def add(self, line: Line) -> None:
        """Several blank lines, between which something was cut out, are one."""
        if line.text.strip() or (self.lines and self.lines[-1].text.strip()):
            self.lines.append(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReader:
    """Reads pages with one set of values and check kinds."""

    decoder: Decoder
    filler: Filler
    definitions: Mapping[str, Line]
    problems: Problems

    def step(self, page: Page, step_id: str) -> Step:
        """The step; for the intro (no id) a step whose prose, scripts and files are the lesson's."""
        draft = _Draft()
        for block in page.blocks:
            self._take(block, draft, intro=not step_id)
        self._end_passage(draft, page.at)
        if len(draft.checks) == len(draft.kinds):
            check_ids(draft.checks, self.problems)
        solutions = draft.scripts.get("solution", [])
        for second in solutions[1:]:
            self.problems.report(
                "A step has one solution.", "Make the second one an `sh accept`.", at=second.at
            )
        for _, at in draft.questions[1:]:
            self.problems.report(
                "A step has one question.", "Put the second one into a step of its own.", at=at
            )
        return Step(
            id=step_id,
            title=self.filler.text(page.title, page.at),
            prose=tuple(draft.prose),
            checks=tuple(draft.checks),
            question=draft.questions[0][0] if draft.questions else None,
            hints=tuple(draft.hints),
            solution=solutions[0] if solutions else None,
            accepts=tuple(draft.scripts.get("accept", ())),
            rejects=tuple(draft.rejects),
            feedback=tuple(draft.feedback),
            setup=tuple(draft.scripts.get("setup", ())),
            cleanup=tuple(draft.scripts.get("cleanup", ())),
            files=tuple(draft.files),
            checks_hash=hashlib.sha256("\0".join(draft.hashed).encode()).hexdigest() if draft.hashed else "",
            at=page.at,
        )

    def _take(self, block: Block, draft: _Draft, *, intro: bool) -> None:
        match block:
            case Line():
                draft.add(block)
            case TaskList():
                draft.hashed += (line.text for line in block.lines)
                draft.questions.append((self._question(block), block.at))
            case Fence():
                info = checked(block.info, self.problems, intro=intro, at=block.place)
                if info is None:
                    draft.lines += block.lines
                else:
                    draft.add(Line(number=block.place.line, text=""))
                    try:
                        self._act_upon(info, block, draft)
                    except LessonError as error:
                        self.problems.keep(error)

    def _act_upon(self, info: Info, fence: Fence, draft: _Draft) -> None:
        match info.role:
            case "check":
                draft.hashed += (line.text for line in fence.lines)
                draft.kinds.append(info.argument)
                self._check(info.argument, fence, draft)
            case "hint":
                draft.hints.append(self._text(fence))
            case "solution" | "accept" | "setup" | "cleanup":
                script = Script(text=self._text(fence), at=fence.place)
                draft.scripts.setdefault(info.role, []).append(script)
            case "reject":
                self._reject(fence, draft)
            case "feedback":
                self._feedback(fence, draft)
            case "note":
                self._note(info.argument, fence, draft)
            case _:
                self._file(info, fence, draft)

    def _check(self, kind: str, fence: Fence, draft: _Draft) -> None:
        if not self.decoder.knows_kind(kind, at=fence.place):
            return
        number = draft.kinds.count(kind)
        check = self.decoder.placed(kind, self._tree(fence), number=number, at=fence.place)
        if check is not None:
            draft.checks.append(check)

    def _reject(self, fence: Fence, draft: _Draft) -> None:
        keys = self.decoder.record(RejectKeys, self._tree(fence), name="reject", at=fence.place)
        if keys is not None:
            draft.rejects.append(Reject(run=keys.run.strip("\n"), says=keys.says.strip(), at=fence.place))

    def _feedback(self, fence: Fence, draft: _Draft) -> None:
        keys = self.decoder.record(FeedbackKeys, self._tree(fence), name="feedback", at=fence.place)
        if keys is not None:
            when = CommandPattern(like=keys.when.command) if isinstance(keys.when, CommandKey) else keys.when
            draft.feedback.append(Feedback(when=when, say=keys.say.strip(), at=fence.place))

    def _note(self, engine: str, fence: Fence, draft: _Draft) -> None:
        only: EngineName
        match engine:
            case "docker" | "practice":
                only = engine
            case _:
                self.problems.report(
                    f"A note is for `docker` or for `practice`, not for `{shown(engine)}`.",
                    did_you_mean(engine, ("docker", "practice")),
                    at=fence.place,
                )
                return
        self._end_passage(draft, fence.place)
        draft.prose.append(Passage(markdown=self._text(fence), only=only))

    def _file(self, info: Info, fence: Fence, draft: _Draft) -> None:
        """The fence is prose without its role, and a file of the workspace."""
        path = self.filler.text(info.argument, fence.place)
        if trouble := inside(path):
            self.problems.report(
                f"The path `{shown(path)}` {trouble}.",
                "Give a relative path with `/` between its parts, such as `site/index.html`.",
                at=fence.place,
            )
            return
        opening, *inner = fence.lines
        bare = re.sub(r"(`{3,}|~{3,}).*", rf"\g<1>{info.language}", opening.text)
        draft.lines += (Line(number=opening.number, text=bare), *inner)
        content = self.filler.text(fence.text, fence.at).encode()
        draft.files.append(WorkspaceFile(path=path, content=content, executable=content.startswith(b"#!")))

    def _question(self, block: TaskList) -> Question:
        path = block.at.path
        options = tuple(
            Option(
                text=self.filler.lines((task.text,), path).strip(),
                right=task.right,
                reply=self.filler.lines(task.reply, path).strip(),
            )
            for task in block.tasks
        )
        if options and not any(option.right for option in options):
            self.problems.report(
                "No option of this question is right.", "Mark one with `- [x]`.", at=block.at
            )
        return Question(options=options)

    def _tree(self, fence: Fence) -> Node | None:
        """The fence's YAML with its values. Raises `LessonError`."""
        tree = read(fence.text, fence.at)
        return None if tree is None else self.filler.node(tree)

    def _text(self, fence: Fence) -> str:
        if not fence.text.strip():
            self.problems.report(
                f"This `{fence.info.role}` is empty.", "Write it, or delete it.", at=fence.place
            )
        return self.filler.text(fence.text, fence.at).strip("\n")

    def _links(self, lines: list[Line]) -> list[Line]:
        """The definitions of links that these lines use and that stand elsewhere on the page."""
        here = {line.number for line in lines}
        used = {label.lower(): None for line in lines for label in _LABEL.findall(line.text)}
        found = (self.definitions[label] for label in used if label in self.definitions)
        return [line for line in found if line.number not in here]

    def _end_passage(self, draft: _Draft, at: Location) -> None:
        lines = draft.lines
        draft.lines = []
        if not any(line.text.strip() for line in lines):
            return
        markdown = self.filler.lines(_trimmed(lines), at.path)
        links = self.filler.lines(self._links(lines), at.path)
        draft.prose.append(Passage(markdown=f"{markdown}\n\n{links}" if links else markdown))


def _trimmed(lines: list[Line]) -> list[Line]:
    """Without the blank lines at both ends."""
    full = [n for n, line in enumerate(lines) if line.text.strip()]
    return lines[full[0] : full[-1] + 1]
