"""From the words of a line to an exit status."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from labrunner.dockercli.client import Engine, host
from labrunner.dockercli.command import Command
from labrunner.dockercli.commands import COMMANDS, GROUPS
from labrunner.dockercli.failure import Ended, Refused

VERSION = "28.5.2-labrunner"
"""The command line of Docker whose ways this one follows."""


DEPRECATED = """\
DEPRECATED: The legacy builder is deprecated and will be removed in a future release.
            BuildKit is currently disabled; enable it by removing the DOCKER_BUILDKIT=0
            environment-variable.

"""


def main(words: Sequence[str]) -> int:
    command: Command | None = None
    name = ""
    try:
        words, given_host = _globals(list(words))
        if words and words[0] == "__complete":
            from labrunner.dockercli.completion import complete

            return complete(Engine(host(given_host)), words[1:])
        command, name, rest = _named(words)
        if command.function == "build" and os.environ.get("DOCKER_BUILDKIT") == "0":
            sys.stderr.write(DEPRECATED)
        given = command.read(rest, name)
        function = getattr(import_module(f"labrunner.dockercli.{command.module}"), command.function)
        status: int = function(Engine(host(given_host)), given) or 0
        sys.stdout.flush()
    except Ended as ended:
        stream = sys.stdout if ended.status == 0 else sys.stderr
        if ended.text:
            stream.write(f"{ended.text}\n")
        return ended.status
    except Refused as refused:
        sys.stdout.flush()
        sys.stderr.write(f"Error response from daemon: {refused.message}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    return status


def _globals(words: list[str]) -> tuple[list[str], str]:
    """Options that stand before the command."""
    given_host = ""
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word in ("--version", "-v"):
            raise Ended(f"Docker version {VERSION}, build practice", 0)
        if word in ("--help", "-h"):
            from labrunner.dockercli.manual import everything

            raise Ended(everything(), 0)
        if word in ("-H", "--host") and words:
            given_host = words.pop(0)
        elif word.startswith(("--host=", "-H=")):
            given_host = word.partition("=")[2]
        elif word in ("--config", "--log-level", "-l", "-c", "--context") and words:
            words.pop(0)
        elif word not in ("-D", "--debug"):
            raise Ended(
                f"unknown flag: {word}\n\nUsage:  docker [OPTIONS] COMMAND\n\n"
                "Run 'docker --help' for more information",
                125,
            )
    return words, given_host


def _named(words: Sequence[str]) -> tuple[Command, str, Sequence[str]]:
    """The command that the words begin with, the name it was called by, and what follows."""
    if not words or words == ["help"]:
        from labrunner.dockercli.manual import everything

        raise Ended(everything(), 0)
    if words[0] in GROUPS:
        return _in_group(words[0], words[1:])
    for command in COMMANDS:
        if words[0] in command.names:
            return command, words[0], words[1:]
    if "--help" in words:
        from labrunner.dockercli.manual import everything

        raise Ended(everything(), 0)
    raise Ended(f"docker: unknown command: docker {words[0]}\n\nRun 'docker --help' for more information")


def _in_group(group: str, words: Sequence[str]) -> tuple[Command, str, Sequence[str]]:
    if not words or words[0] in ("--help", "-h"):
        from labrunner.dockercli import manual

        raise Ended(manual.group(group), 0)
    name = f"{group} {words[0]}"
    for command in COMMANDS:
        if name in command.names:
            return command, name, words[1:]
    usage = f"Usage:  docker {group}" + ("" if group in ("builder", "image", "system") else " COMMAND")
    raise Ended(
        f"docker: unknown command: docker {name}\n\n{usage}\n\nRun 'docker {group} --help' for more information"
    )
