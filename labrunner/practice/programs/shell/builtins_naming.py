"""Builtins about names: command, type, builtin, and which names are special."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.cursor import RESERVED
from labrunner.practice.programs.shell.outside import without_functions

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell

SPECIAL = frozenset(
    (
        *(
            ".",
            ":",
            "break",
            "continue",
            "eval",
            "exec",
            "exit",
            "export",
            "readonly",
            "return",
            "set",
            "shift",
        ),
        *("source", "times", "trap", "unset"),
    )
)
"""Builtins after which assignments before them stay, and whose failures end a shell that is not interactive."""


async def type_(shell: Shell, words: list[str]) -> int:
    status = 0
    terse = words[1:2] == ["-t"]
    for word in words[2 if terse else 1 :]:
        kind, text = await _what(shell, word)
        if kind is None:
            status = 127 if shell.flavour != "bash" else 1
            if not terse:
                bash = shell.flavour == "bash"
                await (shell.complain(text, "type") if bash else shell.say(f"{text}\n", 1))
            continue
        await shell.say(f"{kind if terse else text}\n", 1)
    return status


async def _what(shell: Shell, word: str) -> tuple[str | None, str]:
    if word in shell.state.aliases:
        return (
            "alias",
            f"{word} is aliased to `{shell.state.aliases[word]}'"
            if shell.flavour == "bash"
            else (f"{word} is an alias for {shell.state.aliases[word]}"),
        )

    if word in RESERVED:
        return "keyword", f"{word} is a shell keyword"
    if word in shell.state.functions:
        return "function", f"{word} is a {'' if shell.flavour == 'bash' else 'shell '}function"
    if word in shell.builtins:
        special = "special " if word in SPECIAL and shell.flavour != "bash" else ""
        return "builtin", f"{word} is a {special}shell builtin"
    try:
        return "file", f"{word} is {shell.kernel.which(shell.process, word, shell.state.get('PATH'))}"
    except OSError:
        return None, f"{word}: not found"


async def command(shell: Shell, words: list[str]) -> int:
    words = words[1:]
    verbose = ""
    while words and words[0] in ("-v", "-V", "-p"):
        verbose = words[0][1] if words[0] != "-p" else verbose
        words = words[1:]
    if words[:1] == ["--"]:
        words = words[1:]
    if not words:
        return 0
    if verbose:
        status = 0
        for word in words:
            kind, text = await _what(shell, word)
            if kind is None:
                status = 127 if shell.flavour != "bash" else 1
                if verbose == "V":
                    await shell.complain(text, "command")
                continue
            if verbose == "v":
                text = text.rpartition(" is ")[2] if kind == "file" else word
                if kind == "alias":
                    text = f"alias {word}='{shell.state.aliases[word]}'"
            await shell.say(f"{text}\n", 1)
        return status
    return await without_functions(shell, words)


async def builtin_(shell: Shell, words: list[str]) -> int:
    run = shell.builtins.get(words[1]) if len(words) > 1 else None
    if run is None:
        await shell.complain(f"{words[1] if len(words) > 1 else ''}: not a shell builtin", "builtin")
        return 1
    return await run(shell, words[1:])
