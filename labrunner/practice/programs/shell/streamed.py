"""A shell that takes its commands from a pipe: each runs as soon as it is whole, and may read what follows it."""

from labrunner.practice.programs.shell.dialect import DIALECTS
from labrunner.practice.programs.shell.leaving import Exit, Interrupted, Leap, Return
from labrunner.practice.programs.shell.parsing import Parser
from labrunner.practice.programs.shell.running import Shell
from labrunner.practice.programs.shell.syntaxtrouble import SyntaxTrouble
from labrunner.practice.programs.shell.traps import leave

PENDING = 256 * 1024


async def line_of(shell: Shell) -> str:
    """One line with its newline, "" at the end; nothing beyond it is taken."""
    line = bytearray()
    source = shell.process.stdin
    while char := await source.read(1):
        line += char
        if char == b"\n" or len(line) > PENDING:
            break
    return line.decode("utf-8", "surrogateescape")


def whole(shell: Shell, text: str, line: int) -> bool:
    """Whether a text is one or more complete commands (or wrong for good)."""
    parser = Parser(text, DIALECTS[shell.flavour], shell.state.aliases, line)
    try:
        while parser.next_command() is not None:
            pass
    except SyntaxTrouble as trouble:
        return not trouble.incomplete
    return not text.rstrip("\n").endswith("\\") and not _open_heredoc(text)


def _open_heredoc(text: str) -> bool:
    """Whether a here-document still waits for its last line."""
    import re

    for found in re.finditer(r"<<(-?)\s*(['\"]?)([A-Za-z_][A-Za-z0-9_]*)\2", text):
        if text[: found.start()].endswith("<") or "$((" in text[: found.start()].rpartition("\n")[2]:
            continue
        ending = rf"^{'	*' if found.group(1) else ''}{found.group(3)}$"
        if re.search(ending, text[found.end() :], re.MULTILINE) is None:
            return True
    return False


async def stream(shell: Shell) -> int:
    """The exit status."""
    line = 1
    pending = ""
    try:
        while read := await line_of(shell):
            pending += read
            if len(pending) <= PENDING and not whole(shell, pending, line):
                continue
            text, pending = pending, ""
            await shell.run_text(text, line=line)
            line += text.count("\n")
        if pending:
            await shell.run_text(pending, line=line)
    except (Exit, Return) as leaving:
        shell.state.status = leaving.status
    except (Leap, Interrupted):
        pass
    return await leave(shell)
