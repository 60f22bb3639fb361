"""Runs shell syntax: each kind of command, alone, in pipelines and in lists."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from labrunner.practice.programs.process import Process
from labrunner.practice.programs.shell.beginning import first_state
from labrunner.practice.programs.shell.builtins import BUILTINS, Builtin
from labrunner.practice.programs.shell.calling import simple
from labrunner.practice.programs.shell.children import background, capture, connected, subshell
from labrunner.practice.programs.shell.conditions import condition
from labrunner.practice.programs.shell.dialect import DIALECTS, Flavour
from labrunner.practice.programs.shell.expansion import Expander
from labrunner.practice.programs.shell.flow import branch, choose, computed, counted, for_each, loop
from labrunner.practice.programs.shell.leaving import Exit, Interrupted, Leap, Return
from labrunner.practice.programs.shell.parsing import Parser
from labrunner.practice.programs.shell.redirecting import redirect, restore
from labrunner.practice.programs.shell.shellprocess import ShellProcess
from labrunner.practice.programs.shell.specials import special_value
from labrunner.practice.programs.shell.speech import Speech
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
    Pipeline,
    Redirect,
    Redirected,
    Sequence,
    Simple,
    Subshell,
    While,
)
from labrunner.practice.programs.shell.syntaxtrouble import SyntaxTrouble
from labrunner.practice.programs.shell.trapping import ignore
from labrunner.practice.programs.shell.traps import failed, leave, run_traps, settled


@dataclass(slots=True)
class Shell(ShellProcess):
    """One running shell."""

    def __post_init__(self) -> None:
        self.root_pid = self.root_pid or self.process.pid
        self.expander = Expander(
            state=self.state,
            files=self.process.files,
            cwd=lambda: self.process.cwd,
            special_value=lambda name: special_value(self, name),
            capture=lambda body: capture(self, body),
            unset_text=self.speech.unset,
            flavour=self.flavour,
        )

    @property
    def builtins(self) -> Mapping[str, Builtin]:
        return BUILTINS[self.flavour]

    async def script(self, process: Process, file: str, arguments: list[str]) -> int:
        """Runs a file in a shell of the same kind that starts afresh."""
        return await script_of(process, self.flavour, file, arguments)

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
            await failed(self, status)
        self.state.status = status
        await run_traps(self)
        return status

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
        return await leave(self)

    async def command(self, command: Command, *, tail: bool = False) -> int:
        await self.breath.take()
        if self.interrupted:
            self.said_interrupted = True
            raise Interrupted
        if self.pending:
            await run_traps(self)
        match command:
            case Simple():
                return await simple(self, command, tail=tail)
            case Redirected(inner, redirects):
                return await self.redirected(inner, redirects)
            case Group(body):
                return await self.sequence(body, tail=tail)
            case Subshell(body):
                return await settled(self, await subshell(self, body))
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
                return await settled(self, await condition(self, words))
            case Compute(word):
                return await settled(self, await computed(self, word))
            case Pipeline():
                return await self.pipeline(command, tail=tail)

    async def redirected(self, inner: Command, redirects: tuple[Redirect, ...]) -> int:
        saved = await redirect(self, redirects)
        if saved is None:
            return await settled(self, 1 if self.flavour != "dash" else 2)
        try:
            return await self.command(inner)
        finally:
            restore(self, saved)


def new_shell(
    process: Process,
    flavour: Flavour,
    name: str,
    arguments: list[str],
    *,
    interactive: bool = False,
    inline: bool = False,
) -> Shell:
    """A shell with the process's environment as its variables."""
    state = first_state(process, flavour, name, arguments)
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
    return await leave(shell)
