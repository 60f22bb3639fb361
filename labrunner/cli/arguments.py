"""The command line, as EXPERIENCE describes it: every command, its options, and an example each.

A command's module is imported only when the command is run: the first prompt waits for as little as possible.
"""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, Protocol

from labrunner.errors import UsageError

ENGINES = ("auto", "docker", "practice")


class Arguments(Protocol):
    """What was asked for; each command reads the options that it declared."""

    run: Callable[["Arguments"], int]

    def __getattr__(self, name: str) -> Any: ...


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, through the error tree."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[0].upper()}{message[1:]}.".replace("..", "."))


def command(commands: "argparse._SubParsersAction[Parser]", name: str, what: str, example: str) -> Parser:
    """A command whose module in `labrunner.cli.commands` has a `run`."""

    def run(arguments: Arguments) -> int:
        module = importlib.import_module(f"labrunner.cli.commands.{name}")
        status: int = module.run(arguments)
        return status

    parser = commands.add_parser(
        name,
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=f"Example: {example}",
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    return parser


def lessons_option(parser: Parser) -> None:
    parser.add_argument(
        "--lessons", metavar="PATH", type=Path, help="a lesson, its folder, or a folder of lessons"
    )


def engine_option(parser: Parser) -> None:
    parser.add_argument(
        "--engine", default="auto", metavar="NAME", help="auto (the default), docker or practice"
    )


def start_options(parser: Parser) -> None:
    parser.add_argument("lesson", nargs="?", metavar="LESSON", help="its id; without it, the course list")
    engine_option(parser)
    lessons_option(parser)
    parser.add_argument("--plain", action="store_true", help="line by line, without colour or drawing")
    parser.add_argument("--registry", metavar="HOST", default="", help="where the lesson pushes to")


def json_option(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def parser() -> Parser:
    top = Parser(
        prog="labrunner",
        description="Learn Docker images hands-on: lessons in your own shell, checked against the real engine.",
        epilog="Example: labrunner start layers",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="store_true", help="print the version")
    top.add_argument("--debug", action="store_true", help="show where an error came from")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)

    start = command(commands, "start", "start a lesson, or go on where you left it", "labrunner start layers")
    start_options(start)
    start.add_argument("--step", metavar="ID", default="", help="go straight to a step")
    start.add_argument("--record", metavar="FILE", type=Path, help="write what is shown to a file as well")

    demo = command(commands, "demo", "watch a lesson being done", "labrunner demo layers --speed instant")
    start_options(demo)
    demo.add_argument("--speed", choices=("human", "instant"), default="human", help="how fast to type")

    listing = command(
        commands, "list", "the course: every lesson and how far you are", "labrunner list --json"
    )
    lessons_option(listing)
    json_option(listing)

    status = command(commands, "status", "your progress, step by step", "labrunner status")
    lessons_option(status)
    json_option(status)

    reset = command(commands, "reset", "forget progress and workspace of a lesson", "labrunner reset layers")
    reset.add_argument("lesson", nargs="?", metavar="LESSON", help="its id; without it, all of them")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    lessons_option(reset)

    clean = command(commands, "clean", "remove what lessons made on the engine", "labrunner clean")
    clean.add_argument("--yes", action="store_true", help="do not ask")
    engine_option(clean)

    doctor = command(commands, "doctor", "look whether everything is in place", "labrunner doctor")
    engine_option(doctor)
    json_option(doctor)

    engine = command(commands, "engine", "the practice engine by itself", 'eval "$(labrunner engine env)"')
    engine.add_argument(
        "what",
        metavar="start|stop|status|reset|env",
        choices=("start", "stop", "status", "reset", "env"),
        help="env prints what a shell needs to talk to it",
    )
    engine.add_argument("--yes", action="store_true", help="reset without asking")

    lint = command(commands, "lint", "check lesson files for mistakes", "labrunner lint lessons/")
    lint.add_argument("paths", nargs="+", metavar="PATH", type=Path)
    json_option(lint)

    prove = command(
        commands,
        "prove",
        "prove lessons on an engine",
        "labrunner prove lessons/ --engine docker --junit proof.xml",
    )
    prove.add_argument("paths", nargs="+", metavar="PATH", type=Path)
    engine_option(prove)
    json_option(prove)
    prove.add_argument("--junit", metavar="FILE", type=Path, help="also write a JUnit report")

    new = command(commands, "new", "begin a lesson of your own", "labrunner new lessons/08-mine")
    new.add_argument("path", metavar="PATH", type=Path)

    kinds = command(commands, "kinds", "the manual of the check kinds", "labrunner kinds image")
    kinds.add_argument("kind", nargs="?", metavar="KIND", default="")

    command(
        commands, "schema", "a JSON Schema of the check blocks, for editors", "labrunner schema > checks.json"
    )
    return top


def read(words: Sequence[str]) -> Any:
    """What the words ask for. `labrunner` alone is `labrunner start`. Raises UsageError."""
    if list(words) == ["--version"]:
        words = ["version"]
        return argparse.Namespace(run=_version)
    words = list(words) or ["start"]
    known = parser().parse_args(words)
    known.words = words
    if known.version:
        return argparse.Namespace(run=_version)
    if known.command is None:
        known = parser().parse_args([*words, "start"])
    return known


def _version(_arguments: Arguments) -> int:
    from importlib.metadata import version  # 20 ms that only this command pays

    sys.stdout.write(f"labrunner {version('labrunner')}\n")
    return 0
