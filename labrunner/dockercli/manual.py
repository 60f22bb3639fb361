"""`--help`: of docker, of a group such as `docker image`, and of one command."""

from collections.abc import Iterator, Sequence

from labrunner.dockercli.command import Command, Option
from labrunner.dockercli.commands import COMMANDS, GROUPS

WIDTH = 80
_COMMON = (
    "run",
    "exec",
    "ps",
    "build",
    "pull",
    "push",
    "images",
    "login",
    "logout",
    "search",
    "version",
    "info",
)


def manual(command: Command, name: str) -> str:
    """Of one command, under the name that was typed."""
    spellings = sorted(f"docker {each}" for each in command.names)
    parts = [f"Usage:  docker {name} {command.usage}".rstrip(), command.what]
    if len(spellings) > 1:
        full = f"docker {command.names[0]}"
        others = [each for each in spellings if each != full]
        parts.append("Aliases:\n  " + ", ".join([full, *others]))
    if command.options:
        parts.append("Options:\n" + "\n".join(_options(command.options)))
    return "\n\n".join(parts)


def group(name: str) -> str:
    what = GROUPS[name]
    rows = [
        (each.names[0].removeprefix(f"{name} "), each.what)
        for each in COMMANDS
        if each.names[0].startswith(f"{name} ")
    ]
    return (
        f"Usage:  docker {name} COMMAND\n\n{what}\n\nCommands:\n{_rows(sorted(rows))}\n\n"
        f"Run 'docker {name} COMMAND --help' for more information on a command."
    )


def everything() -> str:
    short = {name: each.what for each in COMMANDS for name in each.names if " " not in name}
    common = [(name, short[name]) for name in _COMMON]
    others = sorted((name, what) for name, what in short.items() if name not in _COMMON)
    return "\n\n".join(
        (
            "Usage:  docker [OPTIONS] COMMAND",
            "The docker command that labrunner brings along: what its lessons use, for machines without Docker's own",
            f"Common Commands:\n{_rows(common)}",
            f"Management Commands:\n{_rows(sorted(GROUPS.items()))}",
            f"Commands:\n{_rows(others)}",
            "Global Options:\n  -H, --host string   Daemon socket to connect to\n"
            "  -v, --version       Print version information and quit",
            "Run 'docker COMMAND --help' for more information on a command.",
        )
    )


def _rows(rows: Sequence[tuple[str, str]]) -> str:
    width = max(11, *(len(name) for name, _ in rows))
    return "\n".join(f"  {name:<{width}} {what}" for name, what in rows)


def _options(options: Sequence[Option]) -> Iterator[str]:
    heads = []
    for option in sorted(options, key=lambda each: each.name):
        letter = f"-{option.letter}, " if option.letter else "    "
        heads.append((f"  {letter}{option.name} {option.takes}".rstrip(), option))
    width = max(len(head) for head, _ in heads) + 3
    for head, option in heads:
        what = option.what + (f" (default {option.default})" if option.default else "")
        yield from _wrapped(head, what, width)


def _wrapped(head: str, text: str, width: int) -> Iterator[str]:
    line = head.ljust(width)
    for word in text.split():
        if len(line) + len(word) > WIDTH and line.strip() != head.strip():
            yield line.rstrip()
            line = " " * width
        line += word + " "
    yield line.rstrip()
