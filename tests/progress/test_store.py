"""What is kept is there again, in a real file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner.engine.protocol import Thing
from labrunner.progress.attempt import Attempt
from labrunner.progress.sqlite import data_folder, open_store
from labrunner.progress.store import Opening, ProgressStore

MET = Attempt(
    lesson="tagging",
    step="push",
    outcome="met",
    at=1763892000.25,
    checks_hash="a1b2",
    met=("image-1", "question"),
    findings=("image-1.name",),
    command="docker image push localhost:5001/student/nginx",
)
HINT = Attempt(lesson="layers", step="history", outcome="hint", at=1763892001.0)
WEB = Thing(kind="container", id="f00d", name="web")
NGINX = Thing(kind="image", id="sha256:beef", name="nginx:latest")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ProgressStore]:
    opened = open_store(tmp_path / "progress.sqlite3")
    yield opened
    opened.close()


def reopened(tmp_path: Path) -> ProgressStore:
    return open_store(tmp_path / "progress.sqlite3")


def test_attempts_come_back_as_they_were_in_the_order_they_were_kept(
    store: ProgressStore, tmp_path: Path
) -> None:
    store.keep(MET)
    store.keep(HINT)

    assert reopened(tmp_path).attempts() == (MET, HINT)
    assert reopened(tmp_path).attempts("layers") == (HINT,)


@pytest.mark.parametrize(
    "command", ["", "printf 'a\x00b'", "ls \udcff", "echo '\ud800'", "echo 名前 👋", "a\nb"]
)
def test_whatever_a_learner_types_is_kept(store: ProgressStore, command: str) -> None:
    typed = Attempt(lesson="tagging", step="push", outcome="unmet", at=1.0, command=command)

    store.keep(typed)

    assert store.attempts() == (typed,)


def test_a_lesson_is_opened_with_what_was_fixed_when_it_began(store: ProgressStore, tmp_path: Path) -> None:
    opening = Opening(
        lesson="tagging",
        values={"user": "student", "port": "8080"},
        engine="practice",
        workspace="/home/me/\udcff",
        begun=1763892000.0,
        lesson_hash="c0ffee",
        before=(NGINX,),
    )
    store.open_lesson(opening)

    assert reopened(tmp_path).opening("tagging") == opening
    assert reopened(tmp_path).opening("layers") is None


def test_a_lesson_opened_again_has_its_last_opening(store: ProgressStore) -> None:
    first = Opening(lesson="tagging", values={}, engine="docker", workspace="/a", begun=1.0)
    second = Opening(lesson="tagging", values={}, engine="practice", workspace="/b", begun=2.0)
    other = Opening(lesson="layers", values={}, engine="docker", workspace="/c", begun=1.5)

    for opening in (first, other, second):
        store.open_lesson(opening)

    assert store.openings() == (other, second)


def test_the_ledger_names_each_thing_once_in_the_order_it_was_made(store: ProgressStore) -> None:
    store.keep_made("tagging", (NGINX, WEB))
    store.keep_made("tagging", (WEB,))
    store.keep_made("layers", (WEB,))

    assert store.made("tagging") == (("tagging", NGINX), ("tagging", WEB))
    assert store.made() == (("tagging", NGINX), ("tagging", WEB), ("layers", WEB))


def test_a_name_that_was_made_twice_for_two_things_is_two_things(store: ProgressStore) -> None:
    again = Thing(kind="container", id="cafe", name="web")

    store.keep_made("tagging", (WEB,))
    store.keep_made("tagging", (again,))

    assert store.made() == (("tagging", WEB), ("tagging", again))


def test_what_was_cleaned_leaves_the_ledger_of_that_lesson(store: ProgressStore) -> None:
    store.keep_made("tagging", (NGINX, WEB))
    store.keep_made("layers", (WEB,))

    store.forget_made("tagging", (WEB,))

    assert store.made() == (("tagging", NGINX), ("layers", WEB))


def test_a_forgotten_lesson_leaves_its_ledger_behind(store: ProgressStore) -> None:
    store.keep(MET)
    store.keep(HINT)
    store.open_lesson(Opening(lesson="tagging", values={}, engine="docker", workspace="/a", begun=1.0))
    store.keep_made("tagging", (WEB,))

    store.forget("tagging")

    assert store.attempts() == (HINT,)
    assert store.openings() == ()
    assert store.made() == (("tagging", WEB),)


def test_an_agreement_is_for_one_content(store: ProgressStore, tmp_path: Path) -> None:
    store.agree("c0ffee")
    store.agree("c0ffee")

    assert reopened(tmp_path).agreed("c0ffee")
    assert not store.agreed("decaf")


def test_the_folder_is_made_for_the_learner_alone(tmp_path: Path) -> None:
    open_store(tmp_path / "a" / "b" / "progress.sqlite3").close()

    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_labrunner_data_says_where_progress_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LABRUNNER_DATA", str(tmp_path / "elsewhere"))

    open_store().close()

    assert (tmp_path / "elsewhere" / "progress.sqlite3").is_file()


def test_otherwise_the_platform_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LABRUNNER_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere/data")

    assert data_folder().name == "labrunner"
