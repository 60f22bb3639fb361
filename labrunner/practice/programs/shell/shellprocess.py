"""A shell as a process: what it holds, what it hears and how it says what went wrong; nothing of syntax."""

import asyncio
from dataclasses import dataclass, field

from labrunner.practice.programs.breath import Breath
from labrunner.practice.programs.process import Kernel, Open, Process
from labrunner.practice.programs.shell.dialect import Flavour
from labrunner.practice.programs.shell.expansion import Expander
from labrunner.practice.programs.shell.failures import Failure, Fixed, Trouble
from labrunner.practice.programs.shell.job import Job
from labrunner.practice.programs.shell.leaving import Exit, Interrupted
from labrunner.practice.programs.shell.speech import Speech
from labrunner.practice.programs.shell.state import State
from labrunner.practice.programs.shell.syntax import Word


@dataclass(slots=True)
class ShellProcess:
    process: Process
    flavour: Flavour
    state: State
    speech: Speech
    interactive: bool = False
    jobs: list[Job] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    """Signals that came and whose traps have not run."""
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    breath: Breath = field(default_factory=Breath)
    forgiving: int = 0
    """Above 0 where a failure does not end the shell, as in a condition."""
    depth: int = 0
    trapping: bool = False
    loops: int = 0
    interrupted: bool = False
    """Whether ^C was pressed since the line began."""
    said_interrupted: bool = False
    expander: Expander = field(init=False)
    root_pid: int = 0
    captured_status: int = 0

    @property
    def kernel(self) -> Kernel:
        assert self.process.kernel is not None
        return self.process.kernel

    @property
    def fds(self) -> dict[int, Open]:
        return self.process.fds

    async def say(self, text: str, fd: int = 2) -> None:
        target = self.fds.get(fd)
        if target is not None:
            await target.write(text.encode("utf-8", "surrogateescape"))

    async def complain(self, message: str, builtin: str = "") -> None:
        await self.say(self.speech.trouble(message, self.state.line, builtin))

    async def applet(self, message: str, builtin: str) -> None:
        """A complaint of a builtin that busybox has as an applet, too: without the shell's line number."""
        if self.flavour == "ash":
            await self.say(f"{self.process.argv[0].rpartition('/')[2]}: {message}\n")
        else:
            await self.complain(message, builtin)

    async def explain(self, error: Failure) -> int:
        match error:
            case Trouble():
                await self.complain(error.message)
                return error.status
            case Fixed():
                await self.complain(self.speech.fixed(str(error)))
                return 1 if self.flavour == "bash" else 2
            case _:
                await self.complain("practice engine: a value grew too large for a simulated shell")
                return 2

    async def fatal(self, error: Failure) -> int:
        """A failure that ends a shell which is not interactive."""
        status = await self.explain(error)
        self.state.status = status
        if self.interactive:
            raise Interrupted
        raise Exit(status)

    async def fields(self, word: Word) -> list[str]:
        try:
            return await self.expander.fields(word)
        except Failure as error:
            await self.fatal(error)
            return []

    async def assign(self, name: str, value: str) -> None:
        try:
            self.state.set(name, value)
        except Failure as error:
            await self.fatal(error)
        if name == "PATH" or self.state.variables[name].exported:
            self.refresh()

    def refresh(self) -> None:
        """What children get as their environment."""
        self.process.env = self.state.environment()

    def ok(self, status: int) -> int:
        self.state.status = status
        return status

    def interrupt(self) -> None:
        """^C while the shell itself is in the foreground."""
        self.interrupted = True

    def hear(self, name: str) -> None:
        """A signal for which there is a trap has come."""
        self.pending.append(name)
        self.heard.set()
