"""Whether the engine was asked something that leaves no trace in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.looking import container_named, image_named
from labrunner.checks.pattern import like
from labrunner.checks.point import concluded, point
from labrunner.checks.requests import Topic, asked_of, topic
from labrunner.checks.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCheck:
    """The learner has looked: at an image's history, a list, a container's logs.

    It is told from what the engine was asked since the step began, so every spelling counts and so does every
    client: `docker history nginx`, `docker image history --no-trunc nginx:latest`, a program, Docker Desktop.
    """

    example: ClassVar[str] = """\
about: image history nginx
"""

    about: str
    """A docker command without the word `docker`: `image history nginx`, `image inspect nginx`, `image ls`,
    `image ls --filter dangling=true`, `container ls`, `system df`, `search nginx`. `*` stands for any name."""

    def __post_init__(self) -> None:
        if not asked_of(f"docker {self.about}"):
            raise ValueError(
                f"`docker {self.about}` asks nothing of the engine; use the kind `command` for it."
            )

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        return ()

    def judge(self, seen: Evidence) -> Verdict:
        wanted = tuple(map(topic, asked_of(f"docker {self.about}")))
        given = tuple(map(topic, seen.asked))
        if any(_covers(want, have, seen) for want in wanted for have in given):
            return concluded((point("engine", "about", self.about, self.about, True),))
        other = next(_others(wanted, given), None)
        remedy = "" if "*" in self.about else f"docker {self.about}"
        return concluded((point("engine", "about", self.about, other, False, remedy),))


def _covers(want: Topic, have: Topic, seen: Evidence) -> bool:
    if (want.method, want.kind) != (have.method, have.kind) or not _one_thing(want, have, seen):
        return False
    return all(
        any(key == other and like(value, text) for other, text in have.query) for key, value in want.query
    )


def _one_thing(want: Topic, have: Topic, seen: Evidence) -> bool:
    """The same name; of what is only looked at also an ID, or another name of the same thing."""
    if like(want.name, have.name):
        return True
    if want.method != "GET":
        return False
    if want.kind.startswith("/images/"):
        image, other = image_named(seen, want.name), image_named(seen, have.name.removesuffix(":latest"))
        return image is not None and other is not None and image.id == other.id
    container = container_named(seen, want.name)
    return container is not None and len(have.name) >= 4 and container.id.startswith(have.name)


def _others(wanted: tuple[Topic, ...], given: tuple[Topic, ...]) -> Iterator[str]:
    """What the same was asked of instead, the latest first."""
    for have in reversed(given):
        if have.name and any((want.method, want.kind) == (have.method, have.kind) for want in wanted):
            yield have.name
