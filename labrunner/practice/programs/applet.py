"""What the container's own tools have in common: options, paths, and how they complain."""

import posixpath
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from labrunner.practice.programs.process import LiveFiles, Process


class Usage(Exception):
    """Wrong options; the argument is what to say."""


def files_of(process: Process) -> LiveFiles:
    return process.files  # type: ignore[return-value]


@dataclass(slots=True)
class Options:
    flags: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)

    def __contains__(self, flag: str) -> bool:
        return flag in self.flags


def options(
    words: Sequence[str],
    *,
    flags: str = "",
    valued: str = "",
    long: dict[str, str] | None = None,
    stop: bool = False,
) -> Options:
    """Short and long options; `long` maps a long one to its letter (valued ones take the next word or `=`).

    `stop`: the first word that is no option ends them. Raises Usage.
    """
    found = Options()
    names = long or {}
    todo = list(words)
    while todo:
        word = todo.pop(0)
        if word == "--":
            found.words.extend(todo)
            break
        if word.startswith("--") and len(word) > 2:
            name, equals, value = word[2:].partition("=")
            matches = [each for each in names if each == name] or [
                each for each in names if each.startswith(name)
            ]
            if len(matches) != 1:
                raise Usage(f"unrecognized option '{word}'")
            letter = names[matches[0]]
            if letter in valued and len(letter) == 1:
                if not equals and not todo:
                    raise Usage(f"option '--{matches[0]}' requires an argument")
                found.values[letter] = value if equals else todo.pop(0)
            else:
                found.flags.add(letter)
                if equals:
                    found.values[letter] = value
            continue
        if not word.startswith("-") or word == "-":
            found.words.append(word)
            if stop:
                found.words.extend(todo)
                break
            continue
        for number, letter in enumerate(word[1:], 2):
            if letter in valued:
                rest = word[number:]
                if not rest and not todo:
                    raise Usage(f"option requires an argument -- '{letter}'")
                found.values[letter] = rest or todo.pop(0)
                break
            if letter not in flags:
                raise Usage(f"invalid option -- '{letter}'")
            found.flags.add(letter)
    return found


def absolute(process: Process, path: str) -> str:
    """A path for Files; a slash at its end is kept."""
    if path.startswith("/"):
        return path
    return f"{process.cwd.rstrip('/')}/{path}" if path else ""


def plain(process: Process, path: str) -> str:
    return posixpath.normpath(absolute(process, path))


def reason(error: OSError) -> str:
    return error.strerror or str(error)


async def say(process: Process, text: str) -> None:
    await process.stdout.write(text.encode("utf-8", "surrogateescape"))


async def complain(process: Process, message: str) -> int:
    """Says it on standard error after the program's name; 1, the usual exit status."""
    name = process.argv[0].rpartition("/")[2]
    await process.stderr.write(f"{name}: {message}\n".encode("utf-8", "surrogateescape"))
    return 1


Applet = Callable[[Process], Awaitable[int]]


def busybox(process: Process) -> bool:
    """Whether the program is busybox's, which words some things its own way."""
    try:
        head = process.files.read(process.path)[:64]
    except OSError:
        return False
    return b"standin busybox" in head


async def wrong(process: Process, plain: str, busy: str) -> int:
    """A complaint in the words of coreutils, or of busybox."""
    return await complain(process, busy if busybox(process) else plain)


def careful(run: Applet) -> Applet:
    """Turns Usage into the message and status of coreutils."""

    async def guarded(process: Process) -> int:
        try:
            return await run(process)
        except Usage as usage:
            await complain(process, str(usage))
            if busybox(process):
                return 1
            name = process.argv[0].rpartition("/")[2]
            await process.stderr.write(f"Try '{name} --help' for more information.\n".encode())
            return 1

    return guarded
