"""A finding is data about one field: what was expected and what is there. Words are made of it in `words`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One field of one thing. `found` is None where there is nothing; a text or number otherwise."""

    field: str
    """The check's own key: `name`, `publishes`, `config.cmd`, …"""
    expected: str
    found: str | None = None
    subject: str = ""
    """The thing it is about, as the learner knows it: `container web`, `image nginx:latest`, `Dockerfile line 3`."""
    remedy: str = ""
    """A command or an action that mends it, where one is certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """Some object fits all that is asked but one field."""

    subject: str
    """`container web1`"""
    finding: Finding
    """The one field that differs, with the command that would mend it as its remedy where there is one."""
