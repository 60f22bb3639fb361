"""apt-get, dpkg and apk: stand-ins are installed, databases kept, and the rest is refused in the tools' words."""

from collections.abc import Mapping

import pytest

from labrunner.practice.images.tree import Node
from labrunner.practice.runtime.users import User
from tests.practice.programs.box import box, standin

DEBIAN: Mapping[str, str | bytes | Node] = {
    "usr/bin/apt-get": standin("apt-get"),
    "usr/bin/dpkg": standin("dpkg"),
    "usr/bin/rm": standin("coreutils"),
    "var/lib/apt/lists/partial/x": "",
    "etc/apt/sources.list.d/debian.sources": (
        "Types: deb\nURIs: http://deb.debian.org/debian\nSuites: trixie trixie-updates\nComponents: main\n"
    ),
}
ALPINE: Mapping[str, str | bytes | Node] = {
    "sbin/apk": standin("apk"),
    "etc/apk/world": "alpine-baselayout\nbusybox\n",
    "etc/apk/repositories": "https://dl-cdn.alpinelinux.org/alpine/v3.24/main\n",
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
}


async def test_nothing_is_found_before_an_update() -> None:
    async with box(DEBIAN) as here:
        status, said, complaint = await here.run("apt-get", "install", "-y", "curl")

    assert status == 100
    assert said.startswith("labrunner: apt-get is simulated by labrunner's practice engine")
    assert complaint == "E: Unable to locate package curl\n"


async def test_update_and_install() -> None:
    async with box(DEBIAN) as here:
        assert (await here.run("apt-get", "update"))[0] == 0
        lists = sum(
            here.machine.files.stat(f"/var/lib/apt/lists/{name}").size
            for name in here.machine.files.list("/var/lib/apt/lists")
        )
        status, said, _ = await here.run("apt-get", "install", "-y", "--no-install-recommends", "curl")
        unknown = await here.run("apt-get", "install", "-y", "nosuch")
        again = await here.run("apt-get", "install", "-yq", "curl")
        listed = await here.run("dpkg", "-l", "curl")
        version = await here.run("curl", "--version")
        standin_text = here.read("/usr/bin/curl")
        removed = await here.run("apt-get", "purge", "-y", "curl")
        gone = here.machine.files.exists("/usr/bin/curl")

    assert lists > 800_000
    assert status == 0
    assert "The following NEW packages will be installed:\n  curl libcurl4t64\n" in said
    assert "0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.\n" in said
    assert said.endswith("Setting up curl (8.14.1-2) ...\n")
    assert unknown[0::2] == (100, "E: Unable to locate package nosuch\n")
    assert "0 newly installed" in again[1]
    assert "ii  curl                 8.14.1-2" in listed[1]
    assert version[0] == 0
    assert standin_text.startswith("#!/usr/libexec/labrunner-standin curl\n")
    assert removed[0] == 0
    assert not gone


async def test_more_than_was_named_is_asked_about() -> None:
    async with box(DEBIAN) as here:
        await here.run("apt-get", "update")
        status, said, _ = await here.run("apt-get", "install", "curl")
        there = here.machine.files.exists("/usr/bin/curl")

    assert status == 1
    assert said.endswith("Do you want to continue? [Y/n] Abort.\n")
    assert not there


async def test_a_program_that_is_not_simulated_installs_and_then_says_so() -> None:
    async with box(DEBIAN) as here:
        await here.run("apt-get", "update")
        await here.run("apt-get", "install", "-y", "vim")
        assert await here.run("vim") == (127, "", "practice engine: 'vim' is not simulated\n")


@pytest.mark.parametrize("words", [("apt-get", "update"), ("apt-get", "install", "curl")])
async def test_others_than_root_are_refused(words: tuple[str, ...]) -> None:
    async with box(DEBIAN) as here:
        status, _, complaint = await here.run(*words, user=User(name="node", uid=1000, gid=1000))

    assert status == 100
    assert "13: Permission denied" in complaint


async def test_apk_adds_and_deletes() -> None:
    async with box(ALPINE) as here:
        status, said, _ = await here.run("apk", "add", "--no-cache", "tini")
        world = here.read("/etc/apk/world")
        cached = here.machine.files.exists("/var/cache/apk")
        runs = await here.run("/sbin/tini", "--version")
        known = await here.run("apk", "info", "-e", "tini")
        deleted = await here.run("apk", "del", "tini")
        gone = here.machine.files.exists("/sbin/tini")

    assert status == 0
    assert said == (
        "labrunner: apk is simulated by labrunner's practice engine: packages are stand-ins, nothing is fetched\n"
        "fetch https://dl-cdn.alpinelinux.org/alpine/v3.24/main/x86_64/APKINDEX.tar.gz (simulated)\n"
        "(1/1) Installing tini (0.19.0-r3)\n"
        "OK: 0.8 MiB in 17 packages\n"
    )
    assert world == "alpine-baselayout\nbusybox\ntini\n"
    assert not cached
    assert runs[0] == 0
    assert known[:2] == (0, "tini\n")
    assert "(1/1) Purging tini (0.19.0-r3)\n" in deleted[1]
    assert not gone


async def test_apk_keeps_its_index_unless_told_not_to() -> None:
    async with box(ALPINE) as here:
        await here.run("apk", "add", "tini")
        size = here.machine.files.stat("/var/cache/apk/APKINDEX.00000000.tar.gz").size

    assert size > 200_000


async def test_apk_knows_no_such_package() -> None:
    async with box(ALPINE) as here:
        status, _, complaint = await here.run("apk", "add", "--no-cache", "nosuch")

    assert status == 1
    assert complaint == (
        "ERROR: unable to select packages:\n  nosuch (no such package):\n    required by: world[nosuch]\n"
    )


async def test_virtual_packages_go_together() -> None:
    async with box(ALPINE) as here:
        await here.run("apk", "add", "--no-cache", "--virtual", ".build", "gcc", "make")
        there = here.machine.files.exists("/usr/bin/gcc")
        _, said, _ = await here.run("apk", "del", ".build")
        gone = not here.machine.files.exists("/usr/bin/gcc") and not here.machine.files.exists(
            "/usr/bin/make"
        )

    assert there
    assert "Purging .build" in said
    assert gone
