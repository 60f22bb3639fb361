"""The program `node`: which script it runs, and how it says what it does not do."""

import asyncio
import json
import posixpath
from dataclasses import dataclass

from labrunner.practice.programs.node.calls import Container
from labrunner.practice.programs.node.script import quickjs
from labrunner.practice.programs.process import Process, read_all

_IGNORED = (
    "--no-warnings",
    "--trace-warnings",
    "--trace-uncaught",
    "--enable-source-maps",
    "--no-deprecation",
    "--trace-deprecation",
    "--unhandled-rejections",
    "--max-old-space-size",
    "--max-http-header-size",
    "--use-openssl-ca",
    "--no-experimental",
)
_REFUSED = (
    "-r",
    "--require",
    "--import",
    "--watch",
    "--watch-path",
    "--env-file",
    "--test",
    "--inspect",
    "--inspect-brk",
    "--loader",
    "--experimental-loader",
    "--input-type",
    "--prof",
    "--run",
    "--permission",
    "--experimental-strip-types",
    "-i",
    "--interactive",
    "-C",
    "--conditions",
)
_HELP = """\
Usage: node [options] [ script.js ] [arguments]
       node -e CODE | -p CODE

A stand-in, simulated by labrunner's practice engine: CommonJS modules and a part of node's library.
  -v, --version   the version
  -e, --eval      run CODE
  -p, --print     run CODE and print what it gives
  -c, --check     look only at the syntax
"""


@dataclass(slots=True, kw_only=True)
class _Asked:
    code: str | None = None
    prints: bool = False
    checks: bool = False
    words: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


class _Usage(Exception):
    def __init__(self, text: str, status: int = 9) -> None:
        super().__init__(text)
        self.status = status


async def node(process: Process) -> int:
    words = process.argv[1:]
    if words and words[0] in ("-v", "--version"):
        await process.stdout.write(f"v{process.version or '0.0.0'}\n".encode())
        return 0
    if words and words[0] in ("-h", "--help"):
        await process.stdout.write(_HELP.encode())
        return 0
    try:
        asked = _read(words)
    except _Usage as wrong:
        await process.stderr.write(f"{process.argv[0]}: {wrong}\n".encode())
        return wrong.status
    if asked.code is not None:
        return await _run(process, asked, ("source", asked.code, "[eval]", asked.prints), asked.words)
    script = asked.words[0] if asked.words else "-"
    if script == "-":
        if process.tty:
            await process.stderr.write(
                b"practice engine: node's prompt is not simulated; give node a file, or code with -e\n"
            )
            return 1
        text = (await read_all(process.stdin)).decode("utf-8", "replace")
        return await _run(process, asked, ("source", text, "[stdin]", False), asked.words)
    path = script if script.startswith("/") else f"{process.cwd.rstrip('/')}/{script}"
    found = _found(process, path)
    if found is None:
        return await _run(process, asked, ("missing", _tidy(path)), (_tidy(path), *asked.words[1:]))
    if asked.checks:
        text = process.files.read(found).decode("utf-8", "replace")
        return await _run(process, asked, ("check", text, found), (found,))
    return await _run(process, asked, ("main", found), (found, *asked.words[1:]))


def _read(words: tuple[str, ...]) -> _Asked:
    asked = _Asked()
    rest = list(words)
    flags: list[str] = []
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "--":
            break
        name, equals, value = word.partition("=")
        if name in ("-e", "--eval", "-p", "--print", "-pe"):
            if not equals and not rest:
                raise _Usage(f"{word} requires an argument")
            asked.code = value if equals else rest.pop(0)
            asked.prints = name in ("-p", "--print", "-pe")
        elif name in ("-c", "--check"):
            asked.checks = True
        elif name in _REFUSED:
            raise _Usage(f"labrunner's practice engine does not simulate the option {name}", 1)
        elif name in _IGNORED or name.startswith("--no-experimental"):
            flags.append(word)
        else:
            raise _Usage(f"bad option: {word}")
    asked.words = tuple(rest)
    asked.flags = tuple(flags)
    return asked


def _found(process: Process, path: str) -> str | None:
    """The file that a script's name means: itself, with an extension, or what a folder's package.json says."""
    files = process.files
    for name in (path, f"{path}.js", f"{path}.json", f"{path}.cjs"):
        try:
            if files.stat(name).kind == "file":
                return files.resolve(name)
        except OSError:
            continue
    main = "index.js"
    try:
        told = json.loads(files.read(f"{path}/package.json"))
        if isinstance(told, dict) and isinstance(told.get("main"), str):
            main = told["main"]
    except (OSError, ValueError):
        pass
    for name in (f"{path}/{main}", f"{path}/{main}.js", f"{path}/index.js"):
        try:
            if files.stat(name).kind == "file":
                return files.resolve(name)
        except OSError:
            continue
    return None


def _tidy(path: str) -> str:
    return posixpath.normpath(path)


async def _run(process: Process, asked: _Asked, first: tuple[object, ...], argv: tuple[str, ...]) -> int:
    try:
        quickjs()
    except ImportError:
        await process.stderr.write(
            b"practice engine: 'node' is not simulated on this kind of machine (no QuickJS)\n"
        )
        return 127
    loop = asyncio.get_running_loop()
    container = Container(
        process=process, argv=argv, exec_argv=asked.flags, loop=loop, finished=loop.create_future()
    )
    container.script.begin(*first)
    try:
        return await container.finished
    finally:
        await container.close()
