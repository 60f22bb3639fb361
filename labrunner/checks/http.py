"""Whether something answers at an address, and what."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from labrunner.checks.evidence import Evidence, Fetch, HttpAnswer, Probe
from labrunner.checks.finding import Finding, NearMiss
from labrunner.checks.looking import answered
from labrunner.checks.pattern import Pattern, like
from labrunner.checks.point import Point, concluded, point
from labrunner.checks.ports import published
from labrunner.checks.verdict import Unknown, Verdict

_HERE = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d+))?(?:/.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCheck:
    """An HTTP request to an address is answered as it should be."""

    example: ClassVar[str] = """\
url: http://localhost:8080/
contains: Welcome to nginx
"""

    url: str
    status: int = 200
    contains: Pattern | None = None
    """What the body must contain."""
    header: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Headers that must be there; `*` in a value stands for anything."""
    within: float = 5.0
    """Seconds to wait for such an answer."""

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise ValueError("`url` begins with http:// or https://.")
        if not 0 < self.within <= 60:
            raise ValueError("`within` is a number of seconds between 0 and 60.")

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        return (self._fetch,)

    def judge(self, seen: Evidence) -> Verdict:
        answer = answered(seen, self._fetch, HttpAnswer)
        if isinstance(answer, Unknown):
            return answer
        if answer is None:
            return concluded((point(self.url, "url", self.url, None, False),), self._near(seen))
        return concluded(self._points(answer))

    @property
    def _fetch(self) -> Fetch:
        return Fetch(self.url, self.within, self.status, self.contains.plain if self.contains else "")

    def _points(self, answer: HttpAnswer) -> Iterator[Point]:
        yield point(self.url, "url", self.url, self.url, True)
        status = self.status
        yield point(self.url, "status", str(status), str(answer.status), answer.status == status)
        if self.contains is not None:
            holds = self.contains.found_in(answer.body)
            shown = str(self.contains) if holds else _beginning(answer.body)
            yield point(self.url, "contains", str(self.contains), shown, holds)
        for name, value in self.header.items():
            found = answer.headers.get(name.lower())
            entry = "" if found is None else f"{name}: {found}"
            yield point(
                self.url, "header", f"{name}: {value}", entry, found is not None and like(value, found)
            )

    def _near(self, seen: Evidence) -> NearMiss | None:
        """Where nothing answers on a port of this machine: the running container that publishes another
        one."""
        here = _HERE.fullmatch(self.url)
        if here is None:
            return None
        port = int(here[1] or 80)
        live = [each for each in seen.docker.containers if each.state == "running" and published(each.ports)]
        if any(each.host == port for container in live for each in container.ports) or len(live) != 1:
            return None
        subject, found = f"container {live[0].name}", ", ".join(published(live[0].ports))
        finding = Finding(field="publishes", expected=str(port), found=found, subject=subject)
        return NearMiss(subject=subject, finding=finding)


def _beginning(body: str) -> str:
    """What a page says first: its title, or its first words."""
    title = re.search(r"<title>([^<]{1,200})", body, re.IGNORECASE)
    text = title[1] if title else re.sub(r"<[^>]{0,500}>", " ", body[:4000])
    return " ".join(text.split())[:80]
