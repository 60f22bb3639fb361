"""sh, ash, dash and bash as programs: what they are called with decides where their commands come from."""

import errno
import posixpath
from dataclasses import dataclass, field

from labrunner.practice.programs.process import Process, Program
from labrunner.practice.programs.shell.dialect import Flavour
from labrunner.practice.programs.shell.interactive import converse
from labrunner.practice.programs.shell.running import Shell, new_shell, to_its_end
from labrunner.practice.programs.shell.streamed import stream

_SWITCHES = frozenset("aefhmnuvxbCETBHP")


@dataclass(slots=True)
class _Call:
    text: str | None = None
    interactive: bool = False
    login: bool = False
    stdin: bool = False
    options: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    wrong: str = ""
    version: bool = False


def _understood(argv: tuple[str, ...]) -> _Call:
    call = _Call(login=argv[0].startswith("-"))
    words = list(argv[1:])
    inline = False
    while words and words[0][:1] in ("-", "+") and len(words[0]) > 1:
        word = words.pop(0)
        if word == "--":
            break
        if word.startswith("--"):
            call.login = call.login or word == "--login"
            call.version = call.version or word == "--version"
            if word in ("--rcfile", "--init-file") and words:
                words.pop(0)
            elif word not in ("--login", "--version", "--norc", "--noprofile", "--posix"):
                call.wrong = word
            continue
        for letter in word[1:]:
            match letter:
                case "c":
                    inline = True
                case "i":
                    call.interactive = True
                case "l":
                    call.login = True
                case "s":
                    call.stdin = True
                case "o" | "O":
                    if words:
                        call.options.append(f"{word[0]}{words.pop(0)}")
                case _ if letter in _SWITCHES:
                    call.options.append(f"{word[0]}{letter}")
                case _:
                    call.wrong = f"-{letter}"
    if inline:
        if words:
            call.text = words.pop(0)
        else:
            call.wrong = "-c"
    call.words = words
    return call


def shell(flavour: Flavour) -> Program:
    """The program for one of the three."""

    async def run(process: Process) -> int:
        call = _understood(process.argv)
        name = process.argv[0].removeprefix("-")
        if call.version and flavour == "bash":
            await process.stdout.write(
                b"GNU bash, version 5.2.15(1)-release, simulated by labrunner's practice engine\n"
            )
            return 0
        if call.wrong:
            await process.stderr.write(_wrong(flavour, name, call.wrong).encode())
            return 2
        if call.text is not None:
            made = new_shell(
                process, flavour, call.words[0] if call.words else name, call.words[1:], inline=True
            )
            _switch(made, call.options)
            await _profile(made, call)
            return await to_its_end(made, call.text)
        if call.words and not call.stdin:
            return await _script(process, flavour, name, call)
        terminal = call.interactive or (process.fds[0].tty and process.fds[2].tty if process.fds else False)
        made = new_shell(process, flavour, name, call.words, interactive=terminal)
        _switch(made, call.options)
        await _profile(made, call)
        return await (converse(made) if terminal else stream(made))

    return run


def _switch(shell: Shell, options: list[str]) -> None:
    from labrunner.practice.programs.shell.builtins_options import OPTIONS

    for option in options:
        name = OPTIONS.get(option[1:], option[1:])
        if option[0] == "-":
            shell.state.options.add(name)
        else:
            shell.state.options.discard(name)


def _wrong(flavour: Flavour, name: str, option: str) -> str:
    match flavour:
        case "ash" if option == "-c":
            return f"{name}: -c requires an argument\n"
        case "ash":
            return f"{name}: illegal option {option}\n"
        case "dash":
            return (
                f"{name}: 0: {'-c requires an argument' if option == '-c' else f'Illegal option {option}'}\n"
            )
        case "bash" if option == "-c":
            return f"{name}: -c: option requires an argument\n"
        case "bash":
            return f"{name}: {option}: invalid option\n"


async def _script(process: Process, flavour: Flavour, name: str, call: _Call) -> int:
    file = call.words[0]
    path = posixpath.join(process.cwd, file)
    try:
        data = process.files.read(path)
    except OSError as error:
        reason = error.strerror or ""
        match flavour:
            case "ash":
                message = f"{name}: can't open '{file}': {reason}\n"
            case "dash":
                message = f"{name}: 0: cannot open {file}: {'No such file' if error.errno == errno.ENOENT else reason}\n"
            case "bash":
                message = f"{name}: {file}: {reason}\n"
        await process.stderr.write(message.encode())
        return 127 if message.startswith(f"{name}: {file}: ") else 2
    if b"\0" in data[:128]:
        await process.stderr.write(f"{name}: {file}: cannot execute binary file\n".encode())
        return 126
    made = new_shell(process, flavour, file, call.words[1:])
    _switch(made, call.options)
    return await to_its_end(made, data.decode("utf-8", "surrogateescape"))


async def _profile(shell: Shell, call: _Call) -> None:
    """Start-up files, as far as learners meet them."""
    if not call.login:
        return
    for path in ("/etc/profile", posixpath.join(shell.state.get("HOME") or "/", ".profile")):
        if shell.process.files.exists(path):
            text = shell.process.files.read(path).decode("utf-8", "surrogateescape")
            await shell.run_text(text)


SHELLS: dict[str, Program] = {"ash": shell("ash"), "dash": shell("dash"), "bash": shell("bash")}
