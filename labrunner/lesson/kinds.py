"""All check kinds there are: ours, then those of other packages."""

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Any

from labrunner import plugins
from labrunner.checks.kinds import CHECK_KINDS
from labrunner.errors import PluginError
from labrunner.lesson.keys import Kinds


class _EveryKind(Mapping[str, type[Any]]):
    """A lesson that uses our kinds alone never pays for the search."""

    def __getitem__(self, kind: str) -> type[Any]:
        if kind in CHECK_KINDS:
            return CHECK_KINDS[kind]
        if kind not in plugins.names("labrunner.checks.v1"):
            raise KeyError(kind)
        found = plugins.load("labrunner.checks.v1", kind)
        if not (isinstance(found, type) and is_dataclass(found) and hasattr(found, "judge")):
            raise PluginError(
                f"The check kind `{kind}` of another package is not a dataclass with `judge`.",
                "Remove the package, or report this to its author.",
            )
        return found

    def __iter__(self) -> Iterator[str]:
        yield from CHECK_KINDS
        yield from (kind for kind in plugins.names("labrunner.checks.v1") if kind not in CHECK_KINDS)

    def __len__(self) -> int:
        return sum(1 for _ in self)


EVERY_KIND: Kinds = _EveryKind()
