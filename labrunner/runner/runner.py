"""One loop: what the shell, the engine and the jobs report becomes events; what the session asks for is done."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from labrunner.checks.evidence import Command, Evidence
from labrunner.errors import EngineError, EngineRefused, EngineUnreachable, ShellError
from labrunner.lesson.model import Question, Script
from labrunner.progress.store import ProgressStore
from labrunner.runner import scripts
from labrunner.runner.cleaning import Removed, removed
from labrunner.runner.jobs import Jobs, Raised
from labrunner.runner.notebook import Notebook, Seen
from labrunner.runner.protocols import FrontEnd, Shell
from labrunner.runner.rehearsal import Rehearsal, Stuck
from labrunner.runner.watching import EngineFound, EngineGone, EngineReported, Watch
from labrunner.runner.world import World
from labrunner.session import events as e
from labrunner.session.advance import advance
from labrunner.session.effects import (
    AskLeave,
    AskOption,
    BeginStep,
    Effect,
    GatherEvidence,
    KeepAttempt,
    Leave,
    RunScripts,
    ShowLesson,
    ShowNotice,
    ShowStep,
    ShowSteps,
    StartOver,
    StopForeground,
)
from labrunner.session.session import Session
from labrunner.shell import events as s
from labrunner.shell.workspace import log_out, put_aside

KEYS: Mapping[str, str] = {"F1": "hint", "F2": "solution", "F3": "check", "F4": "steps", "F10": "leave"}
GRACE = 0.7
"""Seconds a command has to end by itself before a step that it met is told while it runs."""
LOOK_AGAIN = 2.0
"""Seconds after which a running command's effects that raise no event are looked at again."""
STUCK_AFTER = 3.0
"""Seconds a rehearsal waits for a late change after its last line."""
QUIET_KINDS = frozenset({"http", "container", "command"})
"""Kinds of checks that can become met while a command runs, with no event that says so."""


@dataclass(frozen=True, slots=True)
class Gathered:
    step: str
    evidence: Evidence


class Runner:
    """Runs one session in one shell until it is left. `shell` has to be started."""

    def __init__(
        self,
        session: Session,
        *,
        shell: Shell,
        front: FrontEnd,
        world: World,
        store: ProgressStore,
        jobs: Jobs,
        environment: Mapping[str, str],
        before: Mapping[str, str],
        columns: Callable[[], int],
        clock: Callable[[], float],
        requests: Seen = tuple,
        rehearsal: Rehearsal | None = None,
        pace: Callable[[Shell, str], None] = lambda shell, line: shell.type(line + "\n"),
    ) -> None:
        self.session = session
        self._shell = shell
        self._front = front
        self._world = world
        self._store = store
        self._jobs = jobs
        self._environment = environment
        self._columns = columns
        self._clock = clock
        self._rehearsal = rehearsal
        self._demo = rehearsal is not None
        self._pace = pace
        self._notebook = Notebook(session.lesson.id, store=store, before=before, seen=requests)
        self._interrupted = False
        self._typed_all_at = 0.0
        self._over = False
        self._shown = False
        self._watch = Watch(world.engine, jobs.post)

    def run(self, *, resumed: bool, shown: bool = False, heard: tuple[s.ShellEvent, ...] = ()) -> Session:
        """Go on until the lesson is left. `heard` happened in the shell before the session was there; `shown`: the
        step is on the screen already."""
        self._watch.start()
        try:
            self._shown = shown
            self.tell(e.Opened(resumed=resumed))
            self._hear_all(heard)
            while not self._over:
                heard = self._shell.wait(self._patience())
                self._hear_all(heard)
                self._afterwards(waited=not heard)
        finally:
            self._watch.stop()
            self._close_notebook()
        return self.session

    def _close_notebook(self) -> None:
        """Whatever came last belongs to the ledger, too."""
        for result in self._jobs.take():
            if isinstance(result, EngineReported):
                self._notebook.reported(result.event)
        self._notebook.close()
        if self._notebook.has_open_names:
            with suppress(EngineError):
                self._notebook.observed(self._world.engine.observe())

    def tell(self, event: e.Event) -> None:
        """Move the session, and do what it asks for."""
        self.session, effects = advance(self.session, event)
        for effect in effects:
            self._do(effect)

    # --- what is heard ---

    def _hear_all(self, heard: tuple[s.ShellEvent, ...]) -> None:
        """What came together is heard before anything is let go: a command may have begun and ended in it."""
        for event in heard:
            self._hear(event)
        self._settle()

    def _hear(self, event: s.ShellEvent) -> None:
        if self._over:
            return
        match event:
            case s.CommandStarted(text=text):
                self._notebook.command_began(text)
                self.tell(e.CommandBegan(text))
            case s.CommandEnded():
                self._command_ended(event)
            case s.EmptyEnter():
                self.tell(e.Entered())
            case s.WordSaid(word=word, arguments=arguments):
                self.tell(e.WordSaid(word, arguments))
            case s.KeyPressed(key=key):
                if key in KEYS:
                    self.tell(e.WordSaid(KEYS[key]))
            case s.LeaveAsked():
                self.tell(e.WordSaid("leave"))
            case s.MarksLost():
                self.tell(e.MarksVanished())
                self._shell.rearm()
            case s.Woken():
                for result in self._jobs.take():
                    self._take(result)
            case s.InputEnded():
                self.tell(e.InputEnded())
            case s.ShellEnded(exit_status=status):
                self.tell(e.ShellEnded(status))
                self._over = True
            case s.MarksBack() | s.Resized():
                pass

    def _settle(self) -> None:
        """Let the prompt come, or the next line of a file, once all that is to be said before it was said."""
        waits_for_engine = self.session.lost and self.session.unattended
        if self.session.idle and not waits_for_engine:
            self._shell.release()

    def _stop_foreground(self) -> None:
        """Ctrl-C, once: a second one would end the docker command before its container."""
        if not self._interrupted:
            self._interrupted = True
            self._shell.interrupt()

    def _command_ended(self, event: s.CommandEnded) -> None:
        self._interrupted = False
        command = Command(
            text=event.text,
            exit_status=event.exit_status,
            output=event.output.decode(errors="replace"),
            directory=event.directory,
        )
        self._notebook.command_ran(command)
        self.tell(e.CommandRan(command))

    def _take(self, result: object) -> None:
        match result:
            case Gathered(step=step, evidence=evidence):
                self._notebook.observed(evidence.docker)
                self.tell(e.EvidenceArrived(step, evidence))
            case EngineReported(event=event):
                self._notebook.reported(event)
                self.tell(e.EngineChanged())
            case EngineGone(because=because):
                self.tell(e.EngineLost(because))
            case EngineFound():
                self.tell(e.EngineReturned())
            case Raised(error=EngineUnreachable() as error):
                self.tell(e.EngineLost(error.what))
            case Raised(error=EngineRefused() as error):
                self.tell(e.EvidenceFailed(error.what))
            case Raised(error=error):
                raise error
            case Removed(things=things):
                self._store.forget_made(self.session.lesson.id, things)
            case scripts.ScriptsEnded(purpose=purpose, failed=failed):
                self.tell(e.ScriptsRan(purpose, failed))
            case _:
                pass

    # --- what is done ---

    def _do(self, effect: Effect) -> None:
        match effect:
            case BeginStep():
                self._notebook.new_page()
            case GatherEvidence():
                self._gather(effect)
            case KeepAttempt(attempt=attempt):
                self._store.keep(replace(attempt, at=self._clock()))
            case RunScripts(scripts=todo, purpose=purpose):
                self._run_scripts(todo, purpose)
            case StartOver():
                self._start_over()
            case StopForeground():
                self._stop_foreground()
            case AskLeave():
                with self._shell.suspended():
                    leave = self._front.confirm("Leave the lesson? Your progress is kept.", default=True)
                if leave:
                    self.tell(e.WordSaid("leave", ("now",)))
            case AskOption(question=question):
                self._ask_option(question)
            case Leave():
                self._over = True
            case ShowSteps(lines=lines) if not (self._front.plain or self.session.unattended):
                with self._shell.suspended():
                    chosen = self._front.choose_step(lines)
                if chosen is not None:
                    self.tell(e.WordSaid("goto", (chosen,)))
            case ShowLesson() if self._shown:
                pass
            case ShowStep() if self._shown:
                self._shown = False
            case _:
                self._shell.show(self._front.draw(effect, self._columns()))

    def _ask_option(self, question: Question) -> None:
        if self._front.plain:
            count = str(len(question.options))
            self._do(ShowNotice(notice="which answer", detail=count))
            return
        with self._shell.suspended():
            chosen = self._front.choose_option(question)
        if chosen:
            self.tell(e.WordSaid("answer", tuple(str(number) for number in sorted(chosen))))

    def _gather(self, effect: GatherEvidence) -> None:
        happened, events = self._notebook.page(effect.answer), self._notebook.events
        world, held = self._world, self.session.held

        def job() -> Gathered:
            seen = world.gather(effect.step.checks, happened, events, effect.also, held)
            return Gathered(effect.step.id, seen)

        self._jobs.submit(job)

    def _run_scripts(self, todo: tuple[Script, ...], purpose: str) -> None:
        directory, environment = str(self._world.workspace), self._environment
        self._jobs.submit(lambda: scripts.run(todo, purpose, directory=directory, environment=environment))

    def _start_over(self) -> None:
        """What the lesson made on the engine goes, the learner's files are put aside, nobody is logged in."""
        log_out(self._world.docker_config)
        try:
            aside = put_aside(self._world.workspace, self.session.lesson.files)
        except (OSError, ShellError) as error:
            self._do(ShowNotice(notice="script failed", detail=str(error)))
        else:
            if aside is not None:
                self._do(ShowNotice(notice="put aside", detail=str(aside)))
        things = tuple(thing for _, thing in self._store.made(self.session.lesson.id))
        engine = self._world.engine
        self._jobs.submit(lambda: removed(engine, things))

    # --- when nothing is heard ---

    def _patience(self) -> float | None:
        """How long to sleep: for ever, unless something may change that nobody will tell."""
        session = self.session
        if self._playing and session.idle and not session.running:
            return 0.05
        if session.running and session.judging is None and session.phase == "open":
            if session.checks_met:
                return GRACE
            kinds = {placed.kind for placed in session.step.checks if placed.id not in session.held}
            return LOOK_AGAIN if kinds & QUIET_KINDS else None
        return None

    @property
    def _playing(self) -> bool:
        return self._demo or self.session.rehearsing_to is not None

    def _afterwards(self, *, waited: bool) -> None:
        """Every event is dealt with: type the next line of a rehearsal, or look again at what a command does."""
        if self._over:
            return
        session = self.session
        if waited and session.running and session.judging is None and session.phase == "open":
            self.tell(e.StillRunning())
        if self._playing:
            self._play()

    def _play(self) -> None:
        session = self.session
        if self._rehearsal is None:
            self._rehearsal = Rehearsal()
        if session.running and session.phase == "met":
            self._stop_foreground()
            return
        if session.lost or not session.idle or session.running or not self._shell.at_prompt():
            return
        line = self._rehearsal.next_line(session)
        if isinstance(line, Stuck):
            self._stuck()
            return
        self._typed_all_at = 0.0
        self._pace(self._shell, line)

    def _stuck(self) -> None:
        now = self._clock()
        self._typed_all_at = self._typed_all_at or now
        if now - self._typed_all_at < STUCK_AFTER:
            return
        self._rehearsal = None
        self._demo_failed()

    def _demo_failed(self) -> None:
        self.tell(e.ScriptsRan("rehearsal", self.session.step.title))
        if self._demo:
            self._over = True
