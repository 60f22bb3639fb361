"""apk's own files: which packages are asked for, and which are installed."""

from collections.abc import Sequence
from dataclasses import dataclass

from labrunner.practice.programs.packages.known import KNOWN, Package
from labrunner.practice.programs.packages.placing import paths
from labrunner.practice.programs.process import Process

WORLD = "/etc/apk/world"
DATABASE = "/lib/apk/db/installed"
_BUILT_IN_WORDS = """
    alpine-baselayout alpine-baselayout-data alpine-keys apk-tools busybox busybox-binsh musl
    musl-utils libc-utils libcrypto3 libssl3 scanelf ssl_client zlib ca-certificates-bundle
    alpine-release
"""
BUILT_IN = frozenset(_BUILT_IN_WORDS.split())
"""What the image itself is made of."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """One block of the database of installed packages."""

    name: str
    version: str
    needs: tuple[str, ...] = ()


def world_of(process: Process) -> list[str]:
    try:
        return process.files.read(WORLD).decode("utf-8", "replace").split()
    except OSError:
        return []


def set_world(process: Process, names: Sequence[str]) -> None:
    process.files.mkdir("/etc/apk", parents=True)
    process.files.write(WORLD, "".join(f"{name}\n" for name in sorted(set(names))).encode(), mode=0o644)


def entries_of(process: Process) -> list[Entry]:
    try:
        text = process.files.read(DATABASE).decode("utf-8", "replace")
    except OSError:
        return []
    found: list[Entry] = []
    for block in text.split("\n\n"):
        fields = dict(line.split(":", 1) for line in block.splitlines() if ":" in line)
        if "P" in fields and fields["P"] not in BUILT_IN:
            found.append(
                Entry(
                    name=fields["P"], version=fields.get("V", "0"), needs=tuple(fields.get("D", "").split())
                )
            )
    return found


def record(process: Process, name: str, version: str, needs: Sequence[str], package: Package | None) -> None:
    process.files.mkdir(DATABASE.rpartition("/")[0], parents=True)
    process.files.append(DATABASE, _block(name, version, needs, package).encode())


def write_entries(process: Process, entries: Sequence[Entry]) -> None:
    known = KNOWN["alpine"]
    text = "".join(_block(entry.name, entry.version, entry.needs, known.get(entry.name)) for entry in entries)
    process.files.mkdir(DATABASE.rpartition("/")[0], parents=True)
    process.files.write(DATABASE, text.encode(), mode=0o644)


def _block(name: str, version: str, needs: Sequence[str], package: Package | None) -> str:
    lines = [f"P:{name}", f"V:{version}", "A:x86_64"]
    if package is not None:
        lines += [f"I:{package.kilobytes * 1024}", f"T:{package.about} (a stand-in)"]
    if needs:
        lines.append(f"D:{' '.join(needs)}")
    for path in paths(package) if package is not None else ():
        folder, _, file = path.lstrip("/").rpartition("/")
        lines += [f"F:{folder}", f"R:{file}"]
    return "\n".join(lines) + "\n\n"
