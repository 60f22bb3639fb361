"""A lesson sat through step by step: the session and its rules as for a learner, the loop without a screen."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from labrunner.authoring.bench import Bench
from labrunner.authoring.holdings import Holdings, appeared, differences
from labrunner.authoring.listening import Moment
from labrunner.authoring.typing import Running, Typed, Typist
from labrunner.checks.check import PlacedCheck
from labrunner.checks.commandline import docker_commands
from labrunner.checks.evidence import Command, Evidence
from labrunner.checks.judging import judge_all
from labrunner.checks.verdict import Met, Verdict
from labrunner.checks.words import met_sentences, sentences
from labrunner.errors import EngineRefused
from labrunner.lesson.script import commands
from labrunner.runner import scripts
from labrunner.runner.world import Happenings
from labrunner.session import events as e
from labrunner.session.advance import advance
from labrunner.session.effects import (
    BeginStep,
    Effect,
    GatherEvidence,
    RunScripts,
    ShowMet,
    ShowReply,
    ShowUnmet,
)
from labrunner.session.session import Session

LINGER = 0.6
"""Seconds a command may go on in silence after the step is met, before Ctrl-C is pressed."""
PATIENCE = 15.0
"""Seconds of silence after which a command that still runs is taken for one that runs for ever."""
SERVING = 2.0
"""The same after a wrong way, where a container runs: it waits for visitors."""
BUSY = {("image", verb) for verb in ("build", "pull", "push", "save", "load")}
"""What may work in silence, and ends by itself."""
LONGEST = 180.0
"""Seconds that any command may take."""
LATE = 3.0
"""Seconds of silence on the engine in which a right way may still become right, after its last command."""
LATEST = 30.0
"""Seconds for that where the engine is not silent."""
UNTOLD = 1.0
"""Seconds after which it is judged again without a word from the engine: a page may answer now."""
LOOKS = 3
"""Times that judging is watched before a change is put down to it."""
AFTERTHOUGHT = 0.3
"""Seconds in which a wrong way may still become right, by mistake, while a container runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way through a step, and what a learner would have seen of it."""

    met: bool
    verdicts: dict[str, Verdict]
    shown: tuple[str, ...] = ()
    """What labrunner said, in order."""
    ran: tuple[Command, ...] = ()
    troubles: tuple[str, ...] = ()
    """Commands that did not end as commands do; sentences."""
    seconds: float = 0.0


class Sitting:
    """Does what the runner does, one thing after the other. Raises EngineUnreachable, ShellError."""

    def __init__(self, session: Session, bench: Bench, look: Callable[[], Holdings]) -> None:
        self.session = session
        self.script_failed = ""
        """What a setup or cleanup said that failed on the way to this step."""
        self.changed: tuple[str, ...] = ()
        """What judging has changed on the engine since the step began."""
        self._bench = bench
        self._look = look
        self._since = Moment()
        self._commands: tuple[Command, ...] = ()
        self._running = ""
        self._judged = Moment()
        self._judged_at = 0.0
        self._watching = False
        self._shown: list[str] = []
        self._evidence: Evidence | None = None

    def tell(self, event: e.Event) -> None:
        self._moved(advance(self.session, event))

    def go(
        self, move: Callable[[Session], tuple[Session, tuple[Effect, ...]]], *, watch: bool = False
    ) -> Way:
        """Go to another step, by one of the session's own moves, and see what is met on arrival."""
        began = time.monotonic()
        self.script_failed, self.changed, self._shown, self._evidence = "", (), [], None
        self._watching = watch
        self._moved(move(self.session))
        self._watching = False
        return self._way((), began)

    def take(self, text: str, typist: Typist, *, right: bool, watch: bool = False) -> Way:
        """Type a script, command by command, judging as it is judged for a learner.

        After a `right` way there is time for what happens late. `watch`: what judging changes goes to `changed`.
        """
        began = time.monotonic()
        self._shown = []
        self._begin()
        troubles = []
        for command in commands(text):
            typed = self._type(command, typist, right=right)
            if typed.trouble:
                troubles.append(f"`{command.splitlines()[0]}`: {typed.trouble}")
            if typist.over:
                break
        self._wait_for_late_changes(right=right)
        if watch:
            self._watching = True
            with suppress(EngineRefused):
                self._gather(self.session.step.checks, (), self.session.answer)
            self._watching = False
        return self._way(tuple(troubles), began)

    def _way(self, troubles: tuple[str, ...], began: float) -> Way:
        step = self.session.step
        verdicts: dict[str, Verdict] = {}
        if self._evidence is not None:
            verdicts = dict(judge_all(step.checks, self._evidence, self.session.held))
        return Way(
            met=self.session.checks_met,
            verdicts=verdicts,
            shown=tuple(self._shown),
            ran=self._commands,
            troubles=troubles,
            seconds=time.monotonic() - began,
        )

    # --- typing ---

    def _type(self, command: str, typist: Typist, *, right: bool) -> Typed:
        met_at: list[float] = []
        busy = any(docker.path in BUSY for docker in docker_commands(command))

        def looking(running: Running) -> bool:
            if not (self._running or running.word):
                self._running = command
                self.tell(e.CommandBegan(command))
            if not self.session.checks_met and self._has_news():
                self.tell(e.EngineChanged())
            silent = min(running.silent, self._bench.listening.silence())
            if self.session.checks_met and not running.word:
                met_at.append(running.lasted)
                if silent < LINGER or running.lasted - met_at[0] < LINGER:
                    return False
                self.tell(e.StillRunning())
                return self.session.checks_met
            if running.lasted > LONGEST:
                return True
            serving = not (right or busy) and self._serving()
            return silent > (SERVING if serving else PATIENCE)

        typed = typist.run(command, looking)
        self._running = ""
        if typed.ended is not None:
            ran = Command(
                text=typed.ended.text,
                exit_status=typed.ended.exit_status,
                output=typed.ended.output.decode(errors="replace"),
                directory=typed.ended.directory,
            )
            self._commands = (*self._commands, ran)
            self.tell(e.CommandRan(ran))
        for said in typed.words:
            if said.word == "answer":
                self.tell(e.WordSaid(said.word, said.arguments))
        return typed

    def _serving(self) -> bool:
        """Whether a container of the lesson runs."""
        return any(each.state == "running" for each in self._look().seen.containers)

    def _wait_for_late_changes(self, *, right: bool) -> None:
        """A container that is becoming healthy, or ends by itself: the engine tells, and it is judged again."""
        if not (right or self._serving()):
            # Nothing is left that could change anything.
            self._bench.listening.settle()
            if self._bench.listening.moment().events > self._judged.events:
                self.tell(e.EngineChanged())
            return
        began = time.monotonic()
        while not self.session.checks_met and self.session.step.checks:
            now = time.monotonic()
            silent = min(now - began, self._bench.listening.silence())
            if silent > (LATE if right else AFTERTHOUGHT) or now - began > LATEST:
                return
            if self._has_news():
                self.tell(e.EngineChanged())
            time.sleep(0.02)

    def _has_news(self) -> bool:
        """Whether judging again may find something else: the engine has told something, or nothing for long."""
        told = self._bench.listening.moment().events > self._judged.events
        return told or time.monotonic() - self._judged_at > UNTOLD

    # --- what the session asks for ---

    def _begin(self) -> None:
        self._bench.listening.settle()
        self._since = self._bench.listening.moment()
        self._commands = ()
        self._running = ""
        self._evidence = None

    def _moved(self, moved: tuple[Session, tuple[Effect, ...]]) -> None:
        self.session, effects = moved
        for effect in effects:
            self._do(effect)

    def _do(self, effect: Effect) -> None:
        match effect:
            case BeginStep():
                self._begin()
            case GatherEvidence(step=step, also=also, answer=answer):
                try:
                    event: e.Event = e.EvidenceArrived(step.id, self._gather(step.checks, also, answer))
                except EngineRefused as error:
                    event = e.EvidenceFailed(error.what)
                self.tell(event)
            case RunScripts(scripts=todo, purpose=purpose):
                workspace = str(self._bench.world.workspace)
                ended = scripts.run(todo, purpose, directory=workspace, environment=self._bench.environment)
                self.script_failed = self.script_failed or ended.failed
                self.tell(e.ScriptsRan(purpose, ended.failed))
            case ShowUnmet(reports=reports, said=said):
                self._shown += said
                for report in reports:
                    self._shown += sentences(report.placed, report.verdict, with_remedy=report.with_remedy)
            case ShowMet(reports=reports):
                for report in reports:
                    if isinstance(report.verdict, Met):
                        self._shown += met_sentences(report.placed, report.verdict)
            case ShowReply(chosen=chosen):
                self._shown += (option.reply for option in chosen if option.reply)
            case _:
                pass

    def _gather(
        self, checks: tuple[PlacedCheck, ...], also: tuple[PlacedCheck, ...], answer: str | None
    ) -> Evidence:
        running = (Command(text=self._running),) if self._running else ()
        listening = self._bench.listening
        self._judged = listening.moment()
        self._judged_at = time.monotonic()
        happened = Happenings(
            commands=self._commands + running, asked=listening.requests(self._since), answer=answer
        )
        events = listening.events(self._since)
        held = self.session.held

        def gather() -> Evidence:
            return self._bench.world.gather(checks, happened, events, also, held)

        self._evidence = self._watched(gather) if self._watching else gather()
        return self._evidence

    def _watched(self, gather: Callable[[], Evidence]) -> Evidence:
        """Judge and see whether that changed the engine. What a container does by itself, it does only once."""
        changed: tuple[str, ...] = ()
        for _ in range(LOOKS):
            before = self._look()
            evidence = gather()
            judge_all(self.session.step.checks, evidence, frozenset())
            after = self._look()
            changed = differences(before, after)
            if not changed or appeared(before, after):
                break
        self.changed += changed
        return evidence
