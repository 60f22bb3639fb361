"""How much there is on the engine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from labrunner.checks.amount import Amount
from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.looking import labelled
from labrunner.checks.point import Point, concluded, point
from labrunner.checks.verdict import Verdict

STOPPED = ("exited", "created", "dead")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineCheck:
    """The engine holds so many images or containers of some sort; with a `label`, only those that carry it
    count."""

    example: ClassVar[str] = """\
dangling_images: 0
label: labrunner
"""

    dangling_images: Amount | None = None
    """Images that no name is left of: `0`, `">= 1"`."""
    stopped_containers: Amount | None = None
    """Containers that have exited, or were created and never started."""
    images: Amount | None = None
    """Images, each once however many names it has."""
    label: str | None = None
    """`key`, or `key=value`."""

    def __post_init__(self) -> None:
        if self.dangling_images is None and self.stopped_containers is None and self.images is None:
            raise ValueError("Say what to count: `dangling_images`, `stopped_containers` or `images`.")

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        return ()

    def judge(self, seen: Evidence) -> Verdict:
        return concluded(self._points(seen))

    def _points(self, seen: Evidence) -> Iterator[Point]:
        images = [each for each in seen.docker.images if self._counts(each.labels)]
        stopped = [
            each for each in seen.docker.containers if each.state in STOPPED and self._counts(each.labels)
        ]
        subject = "engine" if self.label is None else f"label {self.label}"
        prune = f"--filter label={self.label}" if self.label else ""
        for field, expected, number, remedy in (
            ("dangling_images", self.dangling_images, sum(each.dangling for each in images), "image"),
            ("stopped_containers", self.stopped_containers, len(stopped), "container"),
            ("images", self.images, len({each.id for each in images}), ""),
        ):
            if expected is not None:
                # Pruning is only ever proposed where a label keeps it away from other people's work.
                mend = f"docker {remedy} prune {prune}" if remedy and prune and expected.holds(0) else ""
                yield point(subject, field, str(expected), str(number), expected.holds(number), mend)

    def _counts(self, labels: Mapping[str, str]) -> bool:
        return self.label is None or labelled(labels, self.label)
