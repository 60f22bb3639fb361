"""Runs shell syntax: pipelines, redirections, functions, traps, jobs."""

from __future__ import annotations

import asyncio
import posixpath
from collections.abc import Mapping
from collections.abc import Sequence as Several
from dataclasses import dataclass, field

from labrunner.practice.programs.breath import Breath
from labrunner.practice.programs.process import Kernel, Open, Process
from labrunner.practice.programs.shell.assigning import (
    only_assignments,
    trace,
    with_assignments,
    without_assignments,
)
from labrunner.practice.programs.shell.builtins import Builtin, builtins_of
from labrunner.practice.programs.shell.builtins_naming import SPECIAL
from labrunner.practice.programs.shell.children import background, capture, connected, subshell
from labrunner.practice.programs.shell.conditions import condition
from labrunner.practice.programs.shell.cursor import NAME
from labrunner.practice.programs.shell.dialect import DIALECTS, Flavour
from labrunner.practice.programs.shell.expansion import Expander
from labrunner.practice.programs.shell.failures import Failure, Fixed, Trouble
from labrunner.practice.programs.shell.flow import branch, choose, computed, counted, for_each, loop
from labrunner.practice.programs.shell.job import Job
from labrunner.practice.programs.shell.leaving import Exit, Interrupted, Leap, Return
from labrunner.practice.programs.shell.outside import exec_command, outside
from labrunner.practice.programs.shell.parsing import Parser
from labrunner.practice.programs.shell.redirecting import redirect, restore
from labrunner.practice.programs.shell.speech import Speech
from labrunner.practice.programs.shell.state import State, Variable
from labrunner.practice.programs.shell.syntax import (
    AndOr,
    Case,
    Command,
    Compute,
    Condition,
    For,
    ForArithmetic,
    Function,
    Group,
    If,
    Literal,
    Pipeline,
    Redirect,
    Redirected,
    Sequence,
    Simple,
    Subshell,
    While,
    Word,
    plain,
)
from labrunner.practice.programs.shell.syntaxtrouble import SyntaxTrouble
from labrunner.practice.programs.shell.trapping import ignore

DEEP = 45
"""Functions inside functions."""
SAVED = 10


@dataclass(slots=True)
class Shell:
    """One running shell."""

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

    def __post_init__(self) -> None:
        self.root_pid = self.root_pid or self.process.pid
        self.expander = Expander(
            state=self.state,
            files=self.process.files,
            cwd=lambda: self.process.cwd,
            special_value=self.special_value,
            capture=lambda body: capture(self, body),
            unset_text=self.speech.unset,
            flavour=self.flavour,
        )

    @property
    def kernel(self) -> Kernel:
        assert self.process.kernel is not None
        return self.process.kernel

    @property
    def builtins(self) -> Mapping[str, Builtin]:
        return builtins_of(self.flavour)

    @property
    def fds(self) -> dict[int, Open]:
        return self.process.fds

    def special_value(self, name: str) -> str | None:
        match name:
            case "?":
                return str(self.state.status)
            case "$":
                return str(self.root_pid)
            case "#":
                return str(len(self.state.arguments))
            case "!":
                return "" if self.state.last_background is None else str(self.state.last_background)
            case "-":
                return "".join(sorted(option for option in self.state.options if len(option) == 1))
            case "LINENO":
                return str(self.state.line)
            case "PPID":
                return str(self.process.ppid)
            case "RANDOM" if self.flavour != "dash":
                import random

                return str(random.randrange(32768))
            case "SECONDS" | "EPOCHSECONDS" if self.flavour == "bash":
                import time

                return str(int(time.time()) if name[0] == "E" else int(time.monotonic()))
            case _:
                return None

    # -- speaking

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

    async def script(self, process: Process, file: str, arguments: list[str]) -> int:
        """Runs a file in a shell of the same kind that starts afresh."""
        return await script_of(process, self.flavour, file, arguments)

    # -- text and sequences

    async def run_text(self, text: str, *, line: int = 1, tail: bool = False) -> int:
        """Runs commands one by one; a syntax error comes when it is reached."""
        parser = Parser(text, DIALECTS[self.flavour], self.state.aliases, line)
        while True:
            try:
                command = parser.next_command()
            except SyntaxTrouble as trouble:
                await self.say(self.speech.syntax(trouble, text))
                self.state.status = 2
                if self.interactive:
                    return 2
                raise Exit(2) from None
            if command is None:
                return self.state.status
            last = tail and not text[parser.at :].strip()
            await self.sequence(command, tail=last)

    async def sequence(self, sequence: Sequence, *, tail: bool = False) -> int:
        for number, (item, behind) in enumerate(sequence.items):
            if behind:
                await background(self, item, sequence.text)
            else:
                await self.and_or(item, tail=tail and number == len(sequence.items) - 1)
        return self.state.status

    async def and_or(self, item: AndOr, *, tail: bool = False) -> int:
        if not item.rest:
            return await self.pipeline(item.first, tail=tail)
        self.forgiving += 1
        try:
            await self.pipeline(item.first)
            for number, (operator, pipeline) in enumerate(item.rest):
                if (self.state.status == 0) != (operator == "&&"):
                    continue
                if number == len(item.rest) - 1:
                    self.forgiving -= 1
                    try:
                        await self.pipeline(pipeline, tail=tail)
                    finally:
                        self.forgiving += 1
                else:
                    await self.pipeline(pipeline)
        finally:
            self.forgiving -= 1
        return self.state.status

    async def pipeline(self, pipeline: Pipeline, *, tail: bool = False) -> int:
        if pipeline.negated:
            self.forgiving += 1
        try:
            if len(pipeline.commands) == 1:
                status = await self.command(pipeline.commands[0], tail=tail and not pipeline.negated)
            else:
                status = await connected(self, pipeline)
        finally:
            if pipeline.negated:
                self.forgiving -= 1
        if pipeline.negated:
            status = int(not status)
        elif len(pipeline.commands) > 1:
            self.state.status = status
            await self.failed_is_end(status)
        self.state.status = status
        await self.traps()
        return status

    async def failed_is_end(self, status: int) -> None:
        """`set -e`."""
        if status and not self.forgiving:
            action = self.state.traps.get("ERR")
            if action and not self.trapping:
                await self.trap_action(action)
            if "e" in self.state.options:
                raise Exit(status)

    def child(self, process: Process) -> Shell:
        shell = Shell(
            process=process,
            flavour=self.flavour,
            state=self.state.copy(),
            speech=self.speech,
            forgiving=self.forgiving,
            depth=self.depth,
            root_pid=self.root_pid,
        )
        for name, action in self.state.traps.items():
            if action == "" and name not in ("EXIT", "ERR"):
                process.on_signal(name, ignore)
        return shell

    async def to_the_end(self, command: Command | AndOr | Sequence) -> int:
        """What a forked child does."""
        try:
            match command:
                case Sequence():
                    await self.sequence(command, tail=True)
                case AndOr():
                    await self.and_or(command, tail=True)
                case _:
                    self.state.status = await self.command(command, tail=True)
        except (Exit, Return) as leaving:
            self.state.status = leaving.status
        except Leap:
            pass
        return await self.leave()

    async def leave(self) -> int:
        """Runs the EXIT trap; the status with which the shell ends."""
        status = self.state.status
        action = self.state.traps.pop("EXIT", "")
        if action:
            try:
                await self.trap_action(action)
            except Exit as leaving:
                return leaving.status
        return status

    # -- one command

    async def command(self, command: Command, *, tail: bool = False) -> int:
        await self.breath.take()
        if self.interrupted:
            self.said_interrupted = True
            raise Interrupted
        if self.pending:
            await self.traps()
        match command:
            case Simple():
                return await self.simple(command, tail=tail)
            case Redirected(inner, redirects):
                return await self.redirected(inner, redirects)
            case Group(body):
                return await self.sequence(body, tail=tail)
            case Subshell(body):
                status = await subshell(self, body)
                self.state.status = status
                await self.failed_is_end(status)
                return status
            case If():
                return await branch(self, command, tail=tail)
            case While():
                return await loop(self, command)
            case For():
                return await for_each(self, command)
            case ForArithmetic():
                return await counted(self, command)
            case Case():
                return await choose(self, command, tail=tail)
            case Function(name):
                self.state.functions[name] = command
                return self.ok(0)
            case Condition(words, line):
                self.state.line = line
                status = await condition(self, words)
                self.ok(status)
                await self.failed_is_end(status)
                return status
            case Compute(word):
                status = await computed(self, word)
                self.ok(status)
                await self.failed_is_end(status)
                return status
            case Pipeline():
                return await self.pipeline(command, tail=tail)

    def ok(self, status: int) -> int:
        self.state.status = status
        return status

    # -- simple commands

    async def fields(self, word: Word) -> list[str]:
        try:
            return await self.expander.fields(word)
        except Failure as error:
            await self.fatal(error)
            return []

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

    async def simple(self, command: Simple, *, tail: bool = False) -> int:
        self.state.line = command.line
        self.captured_status = 0
        words: list[str] = []
        declaring = bool(command.words) and plain(command.words[0]) in _DECLARATIONS
        try:
            for word in command.words:
                if declaring and words and _assigns(word):
                    words.append(await self.expander.text(word))
                else:
                    words.extend(await self.expander.fields(word))
        except Failure as error:
            return await self.fatal(error)
        if not words:
            return await only_assignments(self, command)
        await trace(self, words, command)
        name = words[0]
        function = self.state.functions.get(name)

        builtin = self.builtins.get(name)
        if function is not None:
            status = await self.function(function, words, command)
        elif builtin is not None:
            status = await self.builtin(words, command, special=name in SPECIAL)
        else:
            status = await outside(self, words, command, tail=tail)
        self.state.status = status
        await self.failed_is_end(status)
        return status

    async def builtin(self, words: list[str], command: Simple, *, special: bool) -> int:

        run = self.builtins[words[0]]
        if words[0] == "exec":
            return await exec_command(self, words, command)
        saved = await redirect(self, command.redirects)
        if saved is None:
            if special and not self.interactive and self.flavour != "bash":
                raise Exit(2)
            return 1 if self.flavour != "dash" else 2
        before: dict[str, Variable | None] = {}
        try:
            before = await with_assignments(self, command)
            return await run(self, words)
        except Failure as error:
            return await self.fatal(error) if special else await self.explain(error)
        except BrokenPipeError:
            raise
        except OSError as error:
            await self.complain(f"write error: {error.strerror}", words[0])
            return 1
        finally:
            if not special or self.flavour == "bash":
                without_assignments(self, before)
            restore(self, saved)

    async def function(self, function: Function, words: list[str], command: Simple) -> int:
        if self.depth >= DEEP:
            await self.complain("practice engine: functions are nested too deeply")
            raise Exit(2)
        saved = await redirect(self, command.redirects)
        if saved is None:
            return 1
        before: dict[str, Variable | None] = {}
        arguments = self.state.arguments
        self.state.locals.append({})
        self.depth += 1
        try:
            before = await with_assignments(self, command)
            self.state.arguments = words[1:]
            self.state.status = await self.command(function.body)
        except Return as returned:
            self.state.status = returned.status
        finally:
            self.depth -= 1
            self.state.leave()
            self.state.arguments = arguments
            without_assignments(self, before)
            self.refresh()
            restore(self, saved)
        return self.state.status

    # -- redirections

    async def redirected(self, inner: Command, redirects: tuple[Redirect, ...]) -> int:
        saved = await redirect(self, redirects)
        if saved is None:
            status = self.ok(1 if self.flavour != "dash" else 2)
            await self.failed_is_end(status)
            return status
        try:
            return await self.command(inner)
        finally:
            restore(self, saved)

    # -- traps

    def interrupt(self) -> None:
        """^C while the shell itself is in the foreground."""
        self.interrupted = True

    def hear(self, name: str) -> None:
        """A signal for which there is a trap has come."""
        self.pending.append(name)
        self.heard.set()

    async def traps(self) -> None:
        while self.pending and not self.trapping:
            name = self.pending.pop(0)
            action = self.state.traps.get(name)
            if action:
                await self.trap_action(action)
        if not self.pending:
            self.heard.clear()

    async def trap_action(self, action: str) -> None:
        status = self.state.status
        self.trapping = True
        try:
            await self.run_text(action)
        finally:
            self.trapping = False
        self.state.status = status


_DECLARATIONS = frozenset({"export", "readonly", "local", "declare", "typeset"})


def new_shell(
    process: Process,
    flavour: Flavour,
    name: str,
    arguments: list[str],
    *,
    interactive: bool = False,
    inline: bool = False,
    options: Several[str] = (),
) -> Shell:
    """A shell with the process's environment as its variables."""
    state = State(name=name, arguments=arguments, options=set(options))
    for key, value in process.env.items():
        if NAME.fullmatch(key):
            state.set(key, value, exported=True)
    level = state.get("SHLVL") or "0"
    state.set("SHLVL", str(int(level) + 1) if level.isdigit() and len(level) < 5 else "1", exported=True)
    state.set("PWD", process.cwd, exported=True)
    state.set("IFS", " \t\n", exported=False)
    if flavour == "dash":
        state.unset("SHLVL")
        state.set("OPTIND", "1")
    if state.get("PATH") is None:
        state.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    if flavour == "bash":
        for key, value in (
            ("BASH", process.path),
            ("BASH_VERSION", "5.2.15(1)-release"),
            ("UID", str(process.uid)),
        ):
            state.set(key, value)
        state.set("EUID", str(process.uid))
        state.set("HOSTNAME", process.machine.hostname)
        state.set("OSTYPE", "linux-gnu")
    speech = Speech(flavour=flavour, name=name, interactive=interactive, inline=inline)
    shell = Shell(process=process, flavour=flavour, state=state, speech=speech, interactive=interactive)
    shell.refresh()
    return shell


async def script_of(process: Process, flavour: Flavour, file: str, arguments: list[str]) -> int:
    """Runs a script file to its end."""
    text = process.files.read(posixpath.join(process.cwd, file)).decode("utf-8", "surrogateescape")
    return await to_its_end(new_shell(process, flavour, file, arguments), text)


async def to_its_end(shell: Shell, text: str) -> int:
    """The exit status of a shell that runs a text and ends."""
    try:
        await shell.run_text(text, tail=True)
    except (Exit, Return) as leaving:
        shell.state.status = leaving.status
    except (Leap, Interrupted):
        pass
    return await shell.leave()


def _assigns(word: Word) -> bool:
    first = word[0] if word else None
    return isinstance(first, Literal) and not first.quoted and "=" in first.text and first.text[0] != "="
