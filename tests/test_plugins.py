"""What other packages add, with real packages laid out in a folder of the import path."""

import sys
import tomllib
from pathlib import Path

import pytest

from labrunner import plugins
from labrunner.errors import PluginError, UsageError
from labrunner.lesson.cache import TextCache
from labrunner.lesson.catalogue import find
from labrunner.lesson.kinds import EVERY_KIND
from labrunner.lesson.markdown import parse

CHECK = """\
from dataclasses import dataclass

from labrunner.checks.verdict import Met


@dataclass(frozen=True, kw_only=True)
class MoonCheck:
    phase: str

    def probes(self, seen):
        return ()

    def judge(self, seen):
        return Met()
"""

ENTRY_POINTS = """\
[labrunner.checks.v1]
moon = strangers_checks:MoonCheck
broken = strangers_missing:Nothing
number = strangers_checks:dataclass

[labrunner.courses.v1]
sky = strangers_course

[labrunner.engines.v1]
docker = strangers_checks:MoonCheck
podman = strangers_checks:MoonCheck
"""

PAGE = "---\nformat: 1\nid: sky\ntitle: S\nsummary: S.\n---\n# S\n\n## Look\n\n```yaml check moon\nphase: full\n```\n"


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package `strangers` with a check kind, a course, an engine, and a check kind that does not load."""
    site = tmp_path / "site"
    info = site / "strangers-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strangers\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (site / "strangers_checks.py").write_text(CHECK)
    (site / "strangers_course" / "01-sky").mkdir(parents=True)
    (site / "strangers_course" / "__init__.py").write_text("")
    (site / "strangers_course" / "01-sky" / "lesson.md").write_text(PAGE)
    monkeypatch.syspath_prepend(site)
    for module in ("strangers_checks", "strangers_course"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    return site


def test_our_names_are_the_entry_points_of_our_package() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]

    assert {group: dict(names) for group, names in plugins.OURS.items() if names} == project["entry-points"]


def test_names_are_ours_and_then_theirs(strangers: Path) -> None:
    assert plugins.names("labrunner.engines.v1") == ("docker", "practice", "podman")


def test_a_name_of_ours_stays_ours(strangers: Path) -> None:
    loaded = plugins.load("labrunner.stores.v1", "sqlite")

    assert getattr(loaded, "__module__", "") == "labrunner.progress.sqlite"


def test_an_unknown_name_is_told_with_what_there_is(strangers: Path) -> None:
    with pytest.raises(UsageError) as caught:
        plugins.load("labrunner.engines.v1", "podmann")

    assert str(caught.value) == (
        "There is no engine `podmann`. Did you mean `podman`? There are `docker`, `practice`, `podman`."
    )


def test_a_plugin_that_does_not_load_names_its_package(strangers: Path) -> None:
    with pytest.raises(PluginError) as caught:
        plugins.load("labrunner.checks.v1", "broken")

    assert str(caught.value) == (
        "The check kind `broken` of the package strangers does not load: ModuleNotFoundError:"
        " No module named 'strangers_missing'. Update strangers, or remove it with `pip uninstall strangers`."
    )


def test_a_lesson_may_use_a_check_kind_of_another_package(strangers: Path) -> None:
    lesson = parse(PAGE, "l.md", kinds=EVERY_KIND)

    assert [(check.kind, getattr(check.check, "phase", "")) for check in lesson.steps[0].checks] == [
        ("moon", "full")
    ]


def test_a_check_kind_that_is_no_check_is_the_plugins_trouble(strangers: Path) -> None:
    with pytest.raises(PluginError, match="The check kind `number` of another package is not a dataclass"):
        parse(PAGE.replace("check moon", "check number"), "l.md", kinds=EVERY_KIND)


def test_a_course_of_another_package_is_found_and_is_not_ours(strangers: Path, tmp_path: Path) -> None:
    cache = TextCache(tmp_path / "cache")

    for _ in range(2):
        entry = find(cache=cache).entry("sky")
        assert (entry.course, entry.ours) == ("sky", False)


def test_a_course_that_was_installed_meanwhile_is_found(
    tmp_path: Path, strangers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = TextCache(tmp_path / "cache")
    (strangers / "strangers-1.0.dist-info").rename(tmp_path / "away")
    before = {entry.front.id for entry in find(cache=cache).entries}
    (tmp_path / "away").rename(strangers / "strangers-1.0.dist-info")
    after = {entry.front.id for entry in find(cache=cache).entries}

    assert after - before == {"sky"}
