"""Text tools that bashkit provides: awk, sed, sort and their like, run on the container's own files and streams."""

import asyncio
import shlex
from collections.abc import Callable

import bashkit

from labrunner.practice.programs.applet import files_of
from labrunner.practice.programs.bridge import filesystem
from labrunner.practice.programs.process import Process, Program, read_all

NAMES = (
    *(
        "awk",
        "b2sum",
        "base32",
        "base64",
        "bc",
        "bunzip2",
        "bzcat",
        "bzip2",
        "cksum",
        "cmp",
        "column",
        "comm",
    ),
    *("csplit", "cut", "date", "diff", "egrep", "expand", "expr", "factor", "fgrep", "file", "fmt", "fold"),
    *("gawk", "grep", "gunzip", "gzip", "hexdump", "iconv", "join", "less", "mawk", "more", "nawk", "nl"),
    *("numfmt", "od", "paste", "patch", "pr", "rev", "sed", "shuf", "sort", "split", "strings", "sum", "tac"),
    *("tar", "tr", "tree", "tsort", "unexpand", "uniq", "unzip", "xxd", "zcat", "zip", "jq", "yq", "rg"),
    *("uuidgen", "hd"),
)
STDIN = 8 * 1024 * 1024
SECONDS = 600.0
_ALIASES = {
    "hd": "hexdump -C",
    "zcat": "gunzip -c",
    "more": "cat",
    "less": "cat",
    "gawk": "awk",
    "mawk": "awk",
    "nawk": "awk",
}
_NEVER = frozenset(("date", "expr", "file", "tree", "unzip", "uuidgen", "zip"))
"""Tools that read no standard input."""
_ALWAYS = frozenset(("patch", "tr"))
_BEFORE = {"awk": 1, "csplit": 1, "egrep": 1, "fgrep": 1, "grep": 1, "jq": 1, "rg": 1, "sed": 1, "yq": 1}
"""How many words stand before the names of files."""
_VALUED = {
    "awk": "Fvf",
    "base32": "w",
    "base64": "w",
    "column": "sco",
    "cut": "dfcb",
    "diff": "UCL",
    "egrep": "efmABC",
    "expand": "t",
    "fgrep": "efmABC",
    "fmt": "w",
    "fold": "w",
    "grep": "efmABC",
    "hexdump": "ens",
    "iconv": "fto",
    "jq": "fL",
    "join": "12aeotv",
    "nl": "bdfhilnsvw",
    "numfmt": "d",
    "od": "AjNtw",
    "paste": "d",
    "pr": "lwho",
    "sed": "efl",
    "shuf": "enio",
    "sort": "kStTo",
    "split": "ablnC",
    "strings": "nt",
    "tar": "fCTX",
    "unexpand": "t",
    "uniq": "fsw",
    "xxd": "cgls",
}
"""The options of each that take a value."""


def _shell(process: Process) -> bashkit.Bash:
    made = bashkit.Bash(
        profile=bashkit.ExecutionProfile.Interactive,
        cwd=process.cwd,
        env={name: value for name, value in process.env.items() if name.isidentifier()},
        username=process.user,
        hostname=process.machine.hostname,
        timeout_seconds=SECONDS,
    )
    made.mount("/", filesystem(files_of(process)))
    return made


def tool(name: str) -> Program:
    async def run(process: Process) -> int:
        return await bashkit_runs(process, _ALIASES.get(name, shlex.quote(name)), process.argv[1:])

    return run


async def bashkit_runs(process: Process, command: str, words: tuple[str, ...]) -> int:
    """Runs one of bashkit's commands with the process's streams and files."""
    shell = _shell(process)
    line = " ".join((command, *(shlex.quote(word) for word in words)))
    if reads(command, words):
        given = await read_all(process.stdin, STDIN)

        async def feed(context: bashkit.CommandContext) -> int:
            for at in range(0, len(given), 65536):
                await context.stdout.write(given[at : at + 65536])
            return 0

        shell.add_command("__input", feed)
        line = f"__input | {line}"
    failed: list[BaseException] = []
    running = asyncio.ensure_future(
        shell.execute(
            line, stdout=_sink(process.stdout.write, failed), stderr=_sink(_renamed(process), failed)
        )
    )
    try:
        result = await running
    except asyncio.CancelledError:
        shell.cancel()
        raise
    if failed:
        raise failed[0]
    error = getattr(result, "error", None)
    if error:
        await process.stderr.write(f"{process.argv[0].rpartition('/')[2]}: {error}\n".encode())
        return result.exit_code or 1
    return result.exit_code


def _sink(
    write: Callable[[bytes], "asyncio.Future[None] | object"], failed: list[BaseException]
) -> Callable[[bytes], "asyncio.Future[None]"]:
    async def give(data: bytes) -> None:
        if failed:
            return
        try:
            await write(data)  # type: ignore[misc]
        except OSError as error:
            failed.append(error)

    return give  # type: ignore[return-value]


def _renamed(process: Process) -> Callable[[bytes], object]:
    """Errors without bashkit's own name for itself."""
    name = process.argv[0].rpartition("/")[2].encode()

    async def write(data: bytes) -> None:
        for start in (b"bash: line 1: ", b"bash: "):
            data = data.replace(start, b"")
        if not data.startswith(name):
            data = name + b": " + data
        await process.stderr.write(data)

    return write


def reads(name: str, words: tuple[str, ...]) -> bool:
    """Whether a tool that is called so takes standard input: a terminal must not be read for nothing."""
    name = _ALIASES.get(name, name).partition(" ")[0]
    if name in _NEVER:
        return False
    if name in _ALWAYS:
        return True
    if name == "tar":
        first = words[0] if words else ""
        return "-" in words or (("x" in first or "t" in first) and "f" not in "".join(words[:2]))
    valued, operands, given = _VALUED.get(name, ""), [], set()
    todo = list(words)
    while todo:
        word = todo.pop(0)
        if word == "--":
            operands += todo
            break
        if not word.startswith("-") or word == "-":
            operands.append(word)
            continue
        if word.startswith("--"):
            continue
        for place, letter in enumerate(word[1:], 2):
            given.add(letter)
            if letter in valued:
                if place == len(word) and todo:
                    todo.pop(0)
                break
    before = _BEFORE.get(name, 0)
    if given & ({"f"} if name == "awk" else {"e", "f"} if name != "jq" else {"f"}) and before:
        before = 0
    if name in ("grep", "egrep", "fgrep", "rg") and given & {"r", "R"}:
        return False
    return "-" in operands or len(operands) <= before


async def regular_match(expression: str, text: str) -> list[str] | None:
    """The groups of an extended regular expression, None where it does not match."""
    shell = bashkit.Bash(profile=bashkit.ExecutionProfile.Interactive, env={"T": text, "E": expression})
    result = await shell.execute(
        'if [[ $T =~ $E ]]; then for i in "${BASH_REMATCH[@]}"; do printf "%s\\0" "$i"; done; else exit 1; fi'
    )
    return None if result.exit_code else result.stdout.split("\0")[:-1]


TOOLS: dict[str, Program] = {name: tool(name) for name in NAMES}
