"""All kinds of checks that lessons may use, in one table; each is imported when a lesson first uses it."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import ClassVar, Protocol, cast

from labrunner.checks.check import Check

_PLACES: Mapping[str, str] = {
    "image": "labrunner.checks.image:ImageCheck",
    "container": "labrunner.checks.container:ContainerCheck",
    "asked": "labrunner.checks.asked:AskedCheck",
    "command": "labrunner.checks.command:CommandCheck",
    "file": "labrunner.checks.file:FileCheck",
    "dockerfile": "labrunner.checks.dockerfile:DockerfileCheck",
    "http": "labrunner.checks.http:HttpCheck",
    "registry": "labrunner.checks.registry:RegistryCheck",
    "login": "labrunner.checks.login:LoginCheck",
    "engine": "labrunner.checks.engine:EngineCheck",
    "answer": "labrunner.checks.answer:AnswerCheck",
    "event": "labrunner.checks.event:EventCheck",
    "any": "labrunner.checks.combined:AnyCheck",
    "all": "labrunner.checks.combined:AllCheck",
}
"""All of them together take 60 ms to import; a lesson uses three or four."""


class Kind(Check, Protocol):
    """One of ours: a check that brings the example its manual page shows. The page itself is its
    docstrings."""

    example: ClassVar[str]
    """The body of a `yaml check` block."""


class _Kinds(Mapping[str, type[Kind]]):
    def __getitem__(self, kind: str) -> type[Kind]:
        module, _, name = _PLACES[kind].partition(":")
        return cast("type[Kind]", getattr(import_module(module), name))

    def __contains__(self, kind: object) -> bool:
        return kind in _PLACES

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


CHECK_KINDS: Mapping[str, type[Kind]] = _Kinds()
