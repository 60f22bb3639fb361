"""Debian roots, made once with debootstrap: the engines live in them, and nothing else comes on the host."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.engines.places import LOGS, ROOTS, Trouble, output_of, say

PACKAGES = {
    "bookworm": "docker.io,iptables,procps,ca-certificates,docker-registry,busybox-static,nginx",
    "sid": "docker.io,docker-cli,docker-buildx,iptables,procps,ca-certificates",
    "trixie": "docker.io,docker-cli,docker-buildx,iptables,procps,ca-certificates",
}
HOST_TOOLS = {"debootstrap": "debootstrap", "ip": "iproute2"}


def prepare_host() -> None:
    """See that this machine can make roots, installing the two small tools where they are missing."""
    if os.geteuid() != 0:
        raise Trouble("real engines need root: run this as root, or leave out the tests marked docker")
    if shutil.which("apt-get") is None:
        raise Trouble("real engines are made from Debian packages, and this machine has no apt-get")
    missing = [package for tool, package in HOST_TOOLS.items() if shutil.which(tool) is None]
    if missing:
        say(f"installing {' and '.join(missing)}")
        _apt("update")
        _apt("install", "--yes", "--no-install-recommends", *missing)


def debian_root(suites: Sequence[str]) -> Path:
    """The first suite's root that is there, or else that can be made; a second choice is said aloud."""
    for suite in suites:
        if _place(suite).is_dir():
            return _place(suite)
    for suite in suites:
        say(f"making a Debian {suite} root (about 40 seconds)")
        if _debootstrap(suite):
            return _place(suite)
        say(f"Debian {suite} could not be installed: see {_log(suite)}")
    raise Trouble(f"none of these Debian suites could be installed: {', '.join(suites)}")


def package_files(root: Path, package: str) -> list[str]:
    return output_of("chroot", root, "dpkg-query", "--listfiles", package).splitlines()


def forget_old_roots() -> None:
    """Remove the roots of earlier package lists; only while no engine runs in them."""
    current = {_place(suite) for suite in PACKAGES}
    for root in ROOTS.iterdir() if ROOTS.is_dir() else ():
        if root not in current:
            remove(root)


def remove(place: Path) -> None:
    """Remove a file or a folder, first letting go of what is mounted in it."""
    for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
        mounted = Path(line.split()[1])
        if mounted == place or place in mounted.parents:
            output_of("umount", "--lazy", mounted)
    output_of("rm", "-rf", "--one-file-system", place)


def _place(suite: str) -> Path:
    """A new list of packages is a new folder, so that a running engine keeps the root it lives in."""
    return ROOTS / f"{suite}-{hashlib.sha256(PACKAGES[suite].encode()).hexdigest()[:8]}"


def _log(suite: str) -> Path:
    return LOGS / f"debootstrap-{suite}.log"


def _debootstrap(suite: str) -> bool:
    """Make the root beside its place, and move it there when it is whole."""
    unfinished = ROOTS / f"{suite}.unfinished"
    remove(unfinished)
    for folder in (ROOTS, LOGS):
        folder.mkdir(parents=True, exist_ok=True)
    include = f"--include={PACKAGES[suite]}"
    try:
        output_of("debootstrap", "--variant=minbase", include, suite, unfinished, _package_mirror())
    except Trouble as trouble:
        _log(suite).write_text(f"{trouble}\n")
        remove(unfinished)
        return False
    remove(unfinished / "var/cache/apt")
    unfinished.rename(_place(suite))
    return True


def _package_mirror() -> str:
    """Where apt itself gets Debian from."""
    query = ("apt-get", "indextargets", "--format", "$(SITE)", "Origin: Debian", "Label: Debian")
    sites = output_of(*query).split()
    if not sites:
        _apt("update")
        sites = output_of(*query).split()
    if not sites:
        raise Trouble("apt names no Debian mirror, and the engines are made from Debian packages")
    return sites[0]


def _apt(*arguments: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    output_of("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", *arguments, environment=environment)
