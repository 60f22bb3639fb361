"""Builtins about the shell itself: set, shift, shopt, alias, umask, ulimit, getopts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labrunner.practice.programs.process import LiveFiles
from labrunner.practice.programs.shell.leaving import Exit

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell


OPTIONS = {
    "allexport": "a",
    "errexit": "e",
    "noclobber": "C",
    "noexec": "n",
    "noglob": "f",
    "nounset": "u",
    "verbose": "v",
    "xtrace": "x",
    "monitor": "m",
    "notify": "b",
}
LONG = frozenset(
    {"pipefail", "posix", "errtrace", "functrace", "ignoreeof", "interactive", "stdin", "vi", "emacs"}
)


async def set_(shell: Shell, words: list[str]) -> int:
    state = shell.state
    if len(words) == 1:
        for name, variable in sorted(state.variables.items()):
            if variable.value is not None:
                await shell.say(
                    f"{name}='{variable.value}'\n"
                    if shell.flavour != "bash"
                    else f"{name}={variable.value}\n",
                    1,
                )
        return 0
    at = 1
    while at < len(words):
        word = words[at]
        if word in ("--", "-"):
            state.arguments = words[at + 1 :]
            return 0
        if len(word) < 2 or word[0] not in "-+":
            state.arguments = words[at:]
            return 0
        on = word[0] == "-"
        for letter in word[1:]:
            if letter == "o":
                at += 1
                name = words[at] if at < len(words) else ""
                if not name:
                    return await _options(shell)
                if name not in OPTIONS and (
                    name not in LONG or (shell.flavour == "dash" and name == "pipefail")
                ):
                    return await _bad_option(shell, name if shell.flavour == "bash" else f"-o {name}")
                _switch(shell, OPTIONS.get(name, name), on)
            elif letter in "aefhmnuvxbCETBHP":
                _switch(shell, letter, on)
            else:
                return await _bad_option(shell, word[0] + letter)
        at += 1
    return 0


def _switch(shell: Shell, option: str, on: bool) -> None:
    if on:
        shell.state.options.add(option)
    else:
        shell.state.options.discard(option)


async def _options(shell: Shell) -> int:
    for name, letter in sorted(OPTIONS.items()):
        await shell.say(f"{name:<15} {'on' if letter in shell.state.options else 'off'}\n", 1)
    return 0


async def _bad_option(shell: Shell, word: str) -> int:
    text = {"ash": f"illegal option {word}", "dash": f"Illegal option {word}"}
    await shell.complain(text.get(shell.flavour, f"{word}: invalid option"), "set")
    if not shell.interactive and shell.flavour != "bash":
        raise Exit(2)
    return 2


async def shift(shell: Shell, words: list[str]) -> int:
    number = int(words[1]) if len(words) > 1 and words[1].isdigit() else 1
    if number > len(shell.state.arguments):
        if shell.flavour == "dash":
            await shell.complain("can't shift that many", "shift")
            raise Exit(2)
        return 1
    del shell.state.arguments[:number]
    return 0


async def shopt(shell: Shell, words: list[str]) -> int:
    names = [word for word in words[1:] if not word.startswith("-")]
    if "-s" in words:
        shell.state.shopt.update(names)
    elif "-u" in words:
        shell.state.shopt.difference_update(names)
    elif "-q" in words:
        return int(not all(name in shell.state.shopt for name in names))
    return 0


async def alias(shell: Shell, words: list[str]) -> int:
    status = 0
    if len(words) == 1:
        for name, value in sorted(shell.state.aliases.items()):
            await shell.say(f"{'alias ' if shell.flavour == 'bash' else ''}{name}='{value}'\n", 1)
    for word in words[1:]:
        name, equals, value = word.partition("=")
        if equals:
            shell.state.aliases[name] = value[:4096]
        elif name in shell.state.aliases:
            await shell.say(
                f"{'alias ' if shell.flavour == 'bash' else ''}{name}='{shell.state.aliases[name]}'\n", 1
            )
        else:
            await shell.complain(f"{name}: not found", "alias")
            status = 1
    return status


async def unalias(shell: Shell, words: list[str]) -> int:
    if "-a" in words[1:]:
        shell.state.aliases.clear()
    for word in words[1:]:
        shell.state.aliases.pop(word, None)
    return 0


async def umask(shell: Shell, words: list[str]) -> int:
    files: LiveFiles = shell.process.files  # type: ignore[assignment]
    if len(words) == 1:
        await shell.say(f"{files.umask:04o}\n", 1)
        return 0
    if words[1] == "-S":
        bits = []
        for who, by in (("u", 6), ("g", 3), ("o", 0)):
            allowed = ~files.umask >> by
            letters = "".join(letter for letter, bit in zip("rwx", (4, 2, 1), strict=True) if allowed & bit)
            bits.append(f"{who}={letters}")
        await shell.say(",".join(bits) + "\n", 1)
        return 0
    try:
        files.umask = int(words[1], 8) & 0o777
    except ValueError:
        await shell.complain(f"Illegal number: {words[1]}", "umask")
        return 2
    return 0


async def ulimit(shell: Shell, words: list[str]) -> int:
    if len(words) == 1 or (len(words) == 2 and words[1].startswith("-")):
        await shell.say(f"{'1048576' if '-n' in words else 'unlimited'}\n", 1)
    return 0


async def getopts(shell: Shell, words: list[str]) -> int:
    if len(words) < 3:
        await shell.complain("usage: getopts optstring name [arg]", "getopts")
        return 2
    letters, name = words[1], words[2]
    arguments = words[3:] or shell.state.arguments
    quiet = letters.startswith(":")
    index = int(shell.state.get("OPTIND") or "1")
    offset = int(shell.state.get("\0optoff") or "1") if shell.state.get("\0optind") == str(index) else 1
    state = shell.state
    if (
        index > len(arguments)
        or len(arguments[index - 1]) < 2
        or arguments[index - 1][0] != "-"
        or arguments[index - 1] == "--"
    ):
        if index <= len(arguments) and arguments[index - 1] == "--":
            index += 1
        state.set("OPTIND", str(index))
        state.set(name, "?")
        return 1
    word = arguments[index - 1]
    letter, rest = word[offset], word[offset + 1 :]
    state.unset("OPTARG")
    at = letters.find(letter) if letter != ":" else -1
    if at < 0:
        if quiet:
            state.set("OPTARG", letter)
        else:
            await shell.say(
                f"{shell.speech.name}: illegal option -- {letter}\n"
                if shell.flavour == "bash"
                else f"Illegal option -{letter}\n"
            )
        letter = "?"
    elif letters[at + 1 : at + 2] == ":":
        if rest:
            state.set("OPTARG", rest)
        elif index < len(arguments):
            state.set("OPTARG", arguments[index])
            index += 1
        else:
            if quiet:
                state.set("OPTARG", letter)
            else:
                await shell.say(f"No arg for -{letter} option\n")
            letter = ":" if quiet else "?"
        rest = ""
    if rest:
        offset += 1
    else:
        index, offset = index + 1, 1
    state.set(name, letter)
    state.set("OPTIND", str(index))
    state.set("\0optind", str(index))
    state.set("\0optoff", str(offset))
    return 0
