"""Hostile archives: a context, an image, a root filesystem, files for a container. They are refused, or stay inside."""

import gzip
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.practice.robust import archives
from tests.practice.robust.archives import entry, tar
from tests.practice.robust.asking import Failed
from tests.practice.robust.place import Engine, watching

DOCKERFILE = entry("Dockerfile", data=b"FROM alpine\nCOPY . /given/\nRUN ls -la /given > /dev/null\n")

Take = Callable[[Engine, bytes], object]


def build(here: Engine, sent: bytes) -> str:
    return here.client.build(sent)


def load(here: Engine, sent: bytes) -> object:
    return here.client.stream("/images/load", sent)


def import_(here: Engine, sent: bytes) -> object:
    return here.client.stream("/images/create?fromSrc=-&repo=imported", sent)


def copy(here: Engine, sent: bytes) -> None:
    made = here.client.ask("POST", "/containers/create", {"Image": "alpine"})["Id"]
    try:
        here.client.stream(f"/containers/{made}/archive?path=/tmp", sent, method="PUT")
    finally:
        here.client.ask("DELETE", f"/containers/{made}")


TAKERS = {"build": build, "load": load, "import": import_, "cp": copy}


@pytest.fixture
def canary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Files beside everything, which nobody may touch."""
    secret = tmp_path / "secret"
    secret.write_text("nobody reads this\n")
    yield secret
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]
    assert secret.read_text() == "nobody reads this\n"


@pytest.mark.parametrize("take", TAKERS.values(), ids=TAKERS.keys())
@pytest.mark.parametrize("name", archives.REFUSED)
def test_what_would_leave_or_break_is_refused_in_a_sentence(here: Engine, take: Take, name: str) -> None:
    members, message = archives.REFUSED[name]

    with watching(here.client), pytest.raises(Failed) as failed:
        take(here, tar(DOCKERFILE, *members))

    assert message in failed.value.message
    assert here.spooled == []


@pytest.mark.parametrize("take", [build, import_, copy], ids=("build", "import", "cp"))
@pytest.mark.parametrize("name", archives.HARMLESS)
def test_links_and_devices_stay_inside(here: Engine, take: Take, name: str, canary: Path) -> None:
    outside = entry("canary", tarfile.SYMTYPE, link=str(canary))

    with watching(here.client):
        take(here, tar(DOCKERFILE, outside, *archives.HARMLESS[name]))

    assert not Path("/tmp/evil").exists()
    assert here.spooled == []


def test_a_link_to_the_machines_own_files_leads_into_the_container(here: Engine, canary: Path) -> None:
    dockerfile = entry(
        "Dockerfile", data=b"FROM alpine\nCOPY . /\nRUN cat /canary; cat /canary > /seen || true\n"
    )
    image = here.client.build(tar(dockerfile, entry("canary", tarfile.SYMTYPE, link=str(canary))))

    container = here.client.run(
        image, "sh", "-c", f"cat /canary; cat /proc/1/root{canary}; ls /seen; ls -l /canary"
    )
    here.client.wait(container)

    assert "nobody reads this" not in here.client.logs(container)
    assert "cat: can't open '/canary': No such file or directory" in here.client.logs(container)


def test_a_dockerfile_that_is_a_link_to_the_machine_is_not_there(here: Engine, canary: Path) -> None:
    with pytest.raises(Failed, match="Cannot locate specified Dockerfile: Dockerfile"):
        here.client.build(tar(entry("Dockerfile", tarfile.SYMTYPE, link=str(canary))))


@pytest.mark.parametrize("take", TAKERS.values(), ids=TAKERS.keys())
@pytest.mark.parametrize("where", ["nowhere", "h", "/etc/passwd"])
def test_a_hard_link_needs_its_other_name(here: Engine, take: Take, where: str) -> None:
    sent = tar(DOCKERFILE, entry("h", tarfile.LNKTYPE, link=where))

    if take is import_:
        image = str(import_(here, sent))
        assert "sha256:" in image
        return
    with pytest.raises(Failed) as failed:
        take(here, sent)

    assert "no such file or directory" in failed.value.message


@pytest.mark.parametrize("take", TAKERS.values(), ids=TAKERS.keys())
@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (archives.huge(), "unexpected EOF"),
        (tar(DOCKERFILE, entry("f", data=b"y" * 5000))[:3000], "unexpected EOF"),
        (tar(DOCKERFILE)[:300], "unexpected EOF"),
        (b"no tar at all" * 100, "archive/tar: invalid tar header"),
    ],
    ids=("ten-gigabytes", "cut-short", "half-a-header", "no-tar"),
)
def test_a_broken_archive_is_refused(here: Engine, take: Take, sent: bytes, message: str) -> None:
    with watching(here.client), pytest.raises(Failed) as failed:
        take(here, sent)

    assert failed.value.message == message
    assert here.spooled == []


@pytest.mark.parametrize("take", [build, load, import_], ids=("build", "load", "import"))
def test_a_packed_archive_is_refused_where_it_is_cut_short(here: Engine, take: Take) -> None:
    with pytest.raises(Failed, match="EOF|end-of-stream"):
        take(here, gzip.compress(tar(DOCKERFILE))[:-12])


def test_a_context_that_unpacks_to_more_than_there_is_room_for_is_refused(here: Engine) -> None:
    with watching(here.client), pytest.raises(Failed, match="the build context is larger than 200 MB"):
        build(here, archives.bomb())

    assert here.spooled == []


def test_a_context_of_more_files_than_anyone_has_is_refused(here: Engine) -> None:
    empty = entry("f")[0].tobuf()
    many = b"".join(_renamed(empty, number) for number in range(50_001))

    with watching(here.client), pytest.raises(Failed, match="the build context has more than 50000 files"):
        build(here, tar(DOCKERFILE)[:1024] + many + bytes(1024))


def test_more_files_than_a_container_takes_are_refused(here: Engine) -> None:
    empty = entry("f")[0].tobuf()
    many = b"".join(_renamed(empty, number) for number in range(10_001))

    with watching(here.client), pytest.raises(Failed, match="archive has more than 10000 entries"):
        copy(here, many + bytes(1024))


def _renamed(header: bytes, number: int) -> bytes:
    """The same header for `fNUMBER`, its sum put right."""
    name = b"f%d" % number
    blank = name.ljust(100, b"\0") + header[100:148] + b" " * 8 + header[156:]
    return blank[:148] + b"%06o\0 " % sum(blank) + blank[156:]
