"""Names to entry points: what other packages may add to labrunner, loaded when it is asked for by name.

Our own engines, stores and front ends are entry points like anyone's (`pyproject.toml`), so a stranger's
package can do all that ours do. They stand here a second time because to find entry points is to import
importlib.metadata and to read the lists of every installed package: 40 ms, before the first prompt. A test
keeps the two lists equal. A name of ours stays ours, whatever else is installed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from types import MappingProxyType
from typing import Literal

from labrunner.errors import PluginError, UsageError

Group = Literal[
    "labrunner.checks.v1",
    "labrunner.engines.v1",
    "labrunner.stores.v1",
    "labrunner.frontends.v1",
    "labrunner.courses.v1",
]

OURS: Mapping[Group, Mapping[str, str]] = MappingProxyType(
    {
        "labrunner.checks.v1": {},
        "labrunner.engines.v1": {
            "docker": "labrunner.engine.sdk:open_engine",
            "practice": "labrunner.cli.practice:open_engine",
        },
        "labrunner.stores.v1": {"sqlite": "labrunner.progress.sqlite:open_store"},
        "labrunner.frontends.v1": {
            "terminal": "labrunner.ui.terminal:TerminalFrontEnd",
            "plain": "labrunner.ui.plain:PlainFrontEnd",
        },
        "labrunner.courses.v1": {},
    }
)

_NOUNS: Mapping[Group, str] = MappingProxyType(
    {
        "labrunner.checks.v1": "check kind",
        "labrunner.engines.v1": "engine",
        "labrunner.stores.v1": "store",
        "labrunner.frontends.v1": "front end",
        "labrunner.courses.v1": "course",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """Something that another package registered."""

    name: str
    package: str
    load: Callable[[], object]


def names(group: Group) -> tuple[str, ...]:
    """All names of a group, ours first."""
    others = {plugin.name for plugin in plugins(group)}
    return (*OURS[group], *sorted(others - set(OURS[group])))


def load(group: Group, name: str) -> object:
    """What a name stands for.

    Raises `UsageError` for a name that nobody registered, and `PluginError` where what another package
    registered does not load.
    """
    if name in OURS[group]:
        module, _, attribute = OURS[group][name].partition(":")
        ours: object = getattr(import_module(module), attribute)
        return ours
    plugin = next((plugin for plugin in plugins(group) if plugin.name == name), None)
    if plugin is None:
        raise _unknown(group, name)
    try:
        return plugin.load()
    # Whatever a stranger's module does while it is imported is the stranger's.
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".rstrip(".")
        raise PluginError(
            f"The {_NOUNS[group]} `{name}` of the package {plugin.package} does not load: {reason}.",
            f"Update {plugin.package}, or remove it with `pip uninstall {plugin.package}`.",
        ) from error


def plugins(group: Group) -> tuple[Plugin, ...]:
    """What other packages registered in a group, by name."""
    # Late: 40 ms.
    from importlib.metadata import entry_points

    return tuple(
        Plugin(
            name=point.name,
            package=point.dist.name if point.dist is not None else point.module,
            load=point.load,
        )
        for point in sorted(entry_points(group=group))
        if not point.value.startswith("labrunner.")
    )


def _unknown(group: Group, name: str) -> UsageError:
    known = names(group)
    close = get_close_matches(name[:80], known, n=1)
    meant = f"Did you mean `{close[0]}`? " if close else ""
    there = f"There are {', '.join(f'`{each}`' for each in known)}." if known else "None is installed."
    return UsageError(f"There is no {_NOUNS[group]} `{name}`.", meant + there)
