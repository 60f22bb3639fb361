"""The stand-in of Alpine's apk."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from labrunner.practice.programs.packages.apk_database import (
    BUILT_IN,
    entries_of,
    record,
    set_world,
    world_of,
    write_entries,
)
from labrunner.practice.programs.packages.known import KNOWN, with_needs
from labrunner.practice.programs.packages.placing import displace, paths, place, put_zeros
from labrunner.practice.programs.process import Process

NOTICE = (
    "labrunner: apk is simulated by labrunner's practice engine: packages are stand-ins, nothing is fetched"
)
CACHE = "/var/cache/apk"
_INDEX_BYTES = 240 * 1024
_BASE = 16
"""How many packages the image itself is made of."""
_BASE_KB = 830
_SWITCHES_WORDS = """
    --no-cache -U --update --update-cache -q --quiet --no-progress --latest -l -f --force
    --no-interactive --purge -a --available -u --upgrade -v --verbose --wait
"""
_SWITCHES = frozenset(_SWITCHES_WORDS.split())


@dataclass(slots=True, kw_only=True)
class _Called:
    command: str = ""
    names: list[str] = field(default_factory=list)
    switches: set[str] = field(default_factory=set)
    virtual: str = ""
    unknown: str = ""


def _read(words: Sequence[str]) -> _Called:
    called = _Called()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in ("-t", "--virtual"):
            called.virtual = rest.pop(0) if rest else ""
        elif word.startswith("--virtual="):
            called.virtual = word.partition("=")[2]
        elif word in ("-X", "--repository", "--wait", "--root", "-p") and rest:
            called.unknown = called.unknown or word
            rest.pop(0)
        elif word in ("-e", "--installed", "-L", "--contents", "--version", "-V", "-h", "--help"):
            called.switches.add(word)
        elif word.startswith("-") and word != "-":
            if word not in _SWITCHES:
                called.unknown = called.unknown or word
            called.switches.add(word)
        elif not called.command:
            called.command = word
        else:
            called.names.append(word)
    return called


async def apk(process: Process) -> int:
    called = _read(process.argv[1:])
    if called.switches & {"--version", "-V"}:
        await _say(process, "apk-tools 3.0.6, simulated by labrunner's practice engine")
        return 0
    if called.switches & {"-h", "--help"} or not called.command:
        await _say(
            process,
            "apk (simulated): apk add [--no-cache] [-t NAME] PACKAGE... | del | update | upgrade | info",
        )
        return 0 if called.command or called.switches else 1
    if called.unknown:
        return await _fail(
            process, f"labrunner's practice engine does not simulate the option {called.unknown}", 1
        )
    match called.command:
        case "info":
            return await _info(process, called)
        case "add" | "del" | "update" | "upgrade" | "fix" | "cache":
            pass
        case (
            "list"
            | "search"
            | "policy"
            | "dot"
            | "fetch"
            | "index"
            | "audit"
            | "verify"
            | "stats"
            | "version"
        ):
            return await _fail(
                process, f"labrunner's practice engine does not simulate apk {called.command}", 1
            )
        case other:
            return await _fail(process, f"'{other}' is not an apk command. See 'apk --help'.", 1)
    if process.uid != 0:
        await _fail(process, "Unable to lock database: Permission denied", 99)
        return await _fail(process, "Failed to open apk database: Permission denied", 99)
    await _say(process, NOTICE)
    match called.command:
        case "add":
            return await _add(process, called)
        case "del":
            return await _delete(process, called)
        case "update":
            await _fetch(process, keep=True)
            await _say(process, f"OK: {len(KNOWN['alpine'])} distinct packages available")
            return 0
        case "cache":
            with suppress(OSError):
                for name in process.files.list(CACHE):
                    process.files.remove(f"{CACHE}/{name}")
            return 0
        case _:
            return await _finish(process)


async def _add(process: Process, called: _Called) -> int:
    wanted: dict[str, str] = {}
    for word in called.names:
        name, sign, version = _split(word)
        wanted[name] = version if sign == "=" else ""
    if called.virtual and not called.virtual.startswith("."):
        called.virtual = called.virtual.strip()
    if called.switches & {"--no-cache", "-U"} or not _has_index(process):
        await _fetch(process, keep="--no-cache" not in called.switches)
    complaints: list[str] = []
    base = {*world_of(process), *BUILT_IN}
    for name, version in wanted.items():
        package = KNOWN["alpine"].get(name)
        by = f"{called.virtual}" if called.virtual else f"world[{name}]"
        if package is None and name not in base:
            complaints += [f"  {name} (no such package):", f"    required by: {by}"]
        elif (
            package is not None
            and version
            and version not in (package.version, package.version.rpartition("-")[0])
        ):
            complaints += [f"  {name}-{package.version}:", f"    breaks: world[{name}={version}]"]
    if complaints:
        await _fail(process, "unable to select packages:\n" + "\n".join(complaints), 1)
        return 1
    known = tuple(name for name in wanted if name in KNOWN["alpine"])
    installed = {entry.name for entry in entries_of(process)}
    new = [package for package in with_needs("alpine", known) if package.name not in installed]
    total = len(new) + bool(called.virtual)
    for number, package in enumerate(new, start=1):
        await _say(process, f"({number}/{total}) Installing {package.name} ({package.version})")
        place(process.files, package)
        record(process, package.name, package.version, package.needs, package)
    if called.virtual:
        await _say(process, f"({total}/{total}) Installing {called.virtual} (0)")
        record(process, called.virtual, "0", known, None)
        set_world(process, [*world_of(process), called.virtual])
    else:
        set_world(process, [*world_of(process), *wanted])
    return await _finish(process)


def _split(word: str) -> tuple[str, str, str]:
    for sign in ("=", "~", ">", "<"):
        name, found, version = word.partition(sign)
        if found:
            return name, sign, version.lstrip("=")
    return word.partition("@")[0], "", ""


async def _delete(process: Process, called: _Called) -> int:
    entries = {entry.name: entry for entry in entries_of(process)}
    missing = [name for name in called.names if name not in entries]
    world = [name for name in world_of(process) if name not in called.names]
    wanted: set[str] = set()

    def keep(name: str) -> None:
        if name in entries and name not in wanted:
            wanted.add(name)
            for need in entries[name].needs:
                keep(need)

    for name in world:
        keep(name)
    blocked = [name for name in called.names if name in wanted]
    gone = [entry for entry in entries.values() if entry.name not in wanted]
    for name in missing:
        if name in BUILT_IN or name in world_of(process):
            return await _fail(
                process, f"labrunner's practice engine does not take {name} out of the image", 1
            )
    for number, entry in enumerate(gone, start=1):
        await _say(process, f"({number}/{len(gone)}) Purging {entry.name} ({entry.version})")
        package = KNOWN["alpine"].get(entry.name)
        if package is not None:
            displace(process.files, package)
    kept = [entry for entry in entries.values() if entry.name in wanted]
    write_entries(process, kept)
    set_world(process, world)
    for name in blocked:
        await _say(
            process,
            f"World updated, but the following packages are not removed due to:\n  {name}: needed by another",
        )
    return await _finish(process)


async def _fetch(process: Process, *, keep: bool) -> None:
    for line in _repositories(process):
        await _say(process, f"fetch {line}/x86_64/APKINDEX.tar.gz (simulated)")
    if keep:
        for number, _ in enumerate(_repositories(process)):
            put_zeros(process.files, f"{CACHE}/APKINDEX.{number:08x}.tar.gz", _INDEX_BYTES)


def _has_index(process: Process) -> bool:
    try:
        return any(name.startswith("APKINDEX") for name in process.files.list(CACHE))
    except OSError:
        return False


def _repositories(process: Process) -> list[str]:
    try:
        text = process.files.read("/etc/apk/repositories").decode("utf-8", "replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


async def _finish(process: Process) -> int:
    entries = entries_of(process)
    known = KNOWN["alpine"]
    kilobytes = _BASE_KB + sum(known[entry.name].kilobytes for entry in entries if entry.name in known)
    await _say(process, f"OK: {kilobytes / 1024:.1f} MiB in {_BASE + len(entries)} packages")
    return 0


async def _info(process: Process, called: _Called) -> int:
    entries = {entry.name: entry for entry in entries_of(process)}
    here = [*sorted(BUILT_IN), *entries]
    if not called.names:
        await _say(process, "\n".join(sorted(here)))
        return 0
    status = 0
    for name in called.names:
        package = KNOWN["alpine"].get(name)
        if name not in here:
            status = 1
        elif called.switches & {"-e", "--installed"}:
            await _say(process, name)
        elif called.switches & {"-L", "--contents"} and package is not None:
            listed = "\n".join(path.lstrip("/") for path in paths(package))
            await _say(process, f"{name}-{package.version} contains:\n{listed}\n")
        elif package is not None:
            await _say(process, f"{name}-{package.version} description:\n{package.about} (a stand-in)\n")
        else:
            await _say(process, f"{name} description:\na part of the image (a stand-in)\n")
    return status


async def _say(process: Process, text: str) -> None:
    await process.stdout.write(f"{text}\n".encode())


async def _fail(process: Process, text: str, status: int) -> int:
    await process.stderr.write(f"ERROR: {text}\n".encode())
    return status
