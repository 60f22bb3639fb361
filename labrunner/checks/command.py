"""Whether a command was run that never reaches the engine, or whose outcome is the point."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from labrunner.checks.amount import Amount
from labrunner.checks.commandline import docker_commands, matches
from labrunner.checks.evidence import Command, Evidence, Probe
from labrunner.checks.pattern import Pattern
from labrunner.checks.point import Point, concluded, point
from labrunner.checks.verdict import Met, Unknown, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCheck:
    """The learner has run a command, in any of its spellings.

    `docker images` is `docker image ls`, `-p8080:80` is `--publish 8080:80`, the order of options does not
    matter, and options that the pattern does not mention are welcome. Check the engine's state instead
    wherever a command leaves a trace in it: then every way of getting there counts.
    """

    example: ClassVar[str] = """\
like: docker image tag --help
"""

    like: str
    """The command; `*` within a word stands for any characters, alone for any number of words."""
    exit_status: Amount | None = None
    """`0`, `"!= 0"` for one that had to fail. Without it, any."""
    output: Pattern | None = None
    """What it must have printed."""

    def __post_init__(self) -> None:
        if not self.like.strip():
            raise ValueError("`like` is empty; write the command that is expected.")

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        return ()

    def judge(self, seen: Evidence) -> Verdict:
        alike = [command for command in seen.commands if matches(self.like, command.text)]
        verdicts = [concluded(self._points(command)) for command in alike]
        met = next((verdict for verdict in verdicts if isinstance(verdict, Met)), None)
        if met is not None:
            return met
        if verdicts:
            return verdicts[-1]
        remedy = "" if "*" in self.like else self.like
        return concluded((point("command", "like", self.like, self._tried(seen), False, remedy),))

    def _points(self, command: Command) -> Iterator[Point | Unknown]:
        text = command.text.strip()
        subject = f"command {text}"
        yield point(subject, "like", self.like, text, True)
        if self.exit_status is not None:
            status = command.exit_status
            if status is None:
                yield Unknown("The command has not ended yet, or how it ended could not be told.")
            else:
                yield point(
                    subject, "exit_status", str(self.exit_status), str(status), self.exit_status.holds(status)
                )
        if self.output is not None:
            last = command.output.rstrip().rpartition("\n")[2][:200]
            holds = self.output.found_in(command.output)
            yield point(subject, "output", str(self.output), str(self.output) if holds else last, holds)

    def _tried(self, seen: Evidence) -> str | None:
        """The last command that is the same docker command with other arguments."""
        paths = {docker.path for docker in docker_commands(self.like)}
        for command in reversed(seen.commands):
            if any(docker.path in paths for docker in docker_commands(command.text)):
                return command.text.strip()
        return None
