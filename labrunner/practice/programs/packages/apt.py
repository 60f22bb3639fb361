"""The stand-ins of apt-get, apt, apt-cache and apt-mark."""

import fnmatch
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from labrunner.practice.programs.packages.dpkg import architecture, forget, installed, record
from labrunner.practice.programs.packages.known import KNOWN, Package, with_needs
from labrunner.practice.programs.packages.placing import displace, place, put_zeros
from labrunner.practice.programs.process import Process

LISTS = "/var/lib/apt/lists"
ARCHIVES = "/var/cache/apt/archives"
NOTICE = "labrunner: {name} is simulated by labrunner's practice engine: packages are stand-ins, nothing is fetched"
_LIST_BYTES = 960 * 1024
"""One list of packages, at the catalogue's scale of 1:10."""
_CANNOT_LOCK = (
    "E: Could not open lock file {path} - open (13: Permission denied)\nE: Unable to lock directory {folder}"
)
_SWITCHES_WORDS = """
    -y --yes --assume-yes -q -qq --quiet --no-install-recommends --no-install-suggests
    --allow-unauthenticated --fix-missing -f --fix-broken --purge --auto-remove --autoremove
    --no-upgrade --only-upgrade -V --reinstall --allow-downgrades --allow-change-held-packages
    --force-yes --install-recommends -u --show-progress --allow-releaseinfo-change
    --no-show-upgraded
"""
_SWITCHES = frozenset(_SWITCHES_WORDS.split())


@dataclass(slots=True, kw_only=True)
class _Called:
    name: str
    command: str = ""
    names: list[str] = field(default_factory=list)
    switches: set[str] = field(default_factory=set)
    unknown: str = ""

    @property
    def assumes_yes(self) -> bool:
        return bool(self.switches & {"-y", "--yes", "--assume-yes", "-qq", "--force-yes"})

    @property
    def quiet(self) -> bool:
        return "-qq" in self.switches


def _read(name: str, words: Sequence[str]) -> _Called:
    called = _Called(name=name)
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in ("-o", "-t", "-c", "--target-release") and rest:
            rest.pop(0)
        elif word.startswith(("-o", "-t=", "--option=", "-oDebug", "-q=", "--target-release=")):
            continue
        elif re.fullmatch(r"-[yqfVu]{2,}", word) and word != "-qq":
            called.switches.update(f"-{letter}" for letter in word[1:])
        elif word.startswith("-"):
            if word not in _SWITCHES and word not in ("--version", "-v", "-h", "--help"):
                called.unknown = called.unknown or word
            called.switches.add(word)
        elif not called.command:
            called.command = word
        else:
            called.names.append(word)
    return called


async def apt_get(process: Process) -> int:
    name = process.argv[0].rpartition("/")[2]
    called = _read(name, process.argv[1:])
    if called.switches & {"--version", "-v"}:
        await _say(process, f"{name}, simulated by labrunner's practice engine ({architecture()})")
        return 0
    if called.switches & {"-h", "--help"} or not called.command or called.command == "help":
        await _say(
            process,
            f"{name} (simulated): {name} update | install [-y] PACKAGE... | remove | purge | autoremove | clean",
        )
        return 0 if called.command or called.switches else 1
    if called.unknown:
        return await _fail(
            process, f"E: labrunner's practice engine does not simulate the option {called.unknown}", 100
        )
    if name == "apt":
        await process.stderr.write(
            b"\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n"
        )
    command = called.command
    if name == "apt" and command in ("list", "search", "show", "policy"):
        return await _ask(process, called)
    if command not in _COMMANDS:
        return await _fail(
            process, f"E: Invalid operation {command}, or one that practice does not simulate", 100
        )
    if process.uid != 0:
        folder = (
            f"{LISTS}/" if command == "update" else f"{ARCHIVES}/" if command == "clean" else "/var/lib/dpkg/"
        )
        path = f"{folder}lock" if command != "install" else "/var/lib/dpkg/lock-frontend"
        return await _fail(process, _CANNOT_LOCK.format(path=path, folder=folder), 100)
    await _say(process, NOTICE.format(name=name))
    return await _COMMANDS[command](process, called)


async def _update(process: Process, called: _Called) -> int:
    del called
    number = 0
    for address, suite in _sources(process):
        host = address.partition("://")[2].rstrip("/").replace("/", "_")
        for kind, size in (("InRelease", 14 * 1024), (f"main_binary-{architecture()}_Packages", _LIST_BYTES)):
            if kind != "InRelease" and suite.endswith(("-updates", "-security")):
                size = 16 * 1024
            number += 1
            shown = "InRelease" if kind == "InRelease" else f"main {architecture()} Packages"
            await _say(process, f"Get:{number} {address} {suite} {shown} [{size // 1024} kB] (simulated)")
            put_zeros(process.files, f"{LISTS}/{host}_dists_{suite}_{kind}", size)
    await _say(process, "Reading package lists...")
    return 0


def _sources(process: Process) -> list[tuple[str, str]]:
    """Address and suite of each source, in both forms of the files."""
    files = process.files
    texts: list[tuple[str, str]] = []
    places = ["/etc/apt/sources.list"]
    with suppress(OSError):
        places += [
            f"/etc/apt/sources.list.d/{name}" for name in sorted(files.list("/etc/apt/sources.list.d"))
        ]
    for path in places:
        with suppress(OSError):
            texts.append((path, files.read(path).decode("utf-8", "replace")))
    found: list[tuple[str, str]] = []
    for path, text in texts:
        if path.endswith(".sources"):
            for block in text.split("\n\n"):
                fields = dict(line.split(":", 1) for line in block.splitlines() if ":" in line)
                for address in fields.get("URIs", "").split():
                    found += [(address, suite) for suite in fields.get("Suites", "").split()]
        else:
            for line in text.splitlines():
                words = re.sub(r"\[[^]]*\]", "", line.partition("#")[0]).split()
                if len(words) >= 3 and words[0] == "deb":
                    found.append((words[1], words[2].strip("/")))
    return found[:20]


def _has_lists(process: Process) -> bool:
    try:
        return any(name.endswith("_Packages") for name in process.files.list(LISTS))
    except OSError:
        return False


async def _install(process: Process, called: _Called) -> int:
    await _reading(process, called)
    files = process.files
    here = installed(files)
    known = KNOWN["debian"] if _has_lists(process) else {}
    names: list[str] = []
    for word in called.names:
        name, equals, version = word.partition("=")
        name = name.removesuffix("+").partition("/")[0].partition(":")[0]
        package = known.get(name)
        if package is None and name in here:
            package = KNOWN["debian"].get(name)
        if package is None:
            return await _fail(process, f"E: Unable to locate package {name}", 100)
        if equals and not fnmatch.fnmatchcase(package.version, version):
            return await _fail(process, f"E: Version '{version}' for '{name}' was not found", 100)
        if name in here:
            await _tell(process, called, f"{name} is already the newest version ({here[name].version}).")
        else:
            names.append(name)
    recommends = "--no-install-recommends" not in called.switches
    listed = with_needs("debian", tuple(names), recommends=recommends)
    new = [package for package in listed if package.name not in here]
    extra = [package.name for package in new if package.name not in names]
    if extra:
        await _tell(
            process,
            called,
            f"The following additional packages will be installed:\n  {' '.join(sorted(extra))}",
        )
    if new:
        shown = " ".join(sorted(package.name for package in new))
        await _tell(process, called, f"The following NEW packages will be installed:\n  {shown}")
    await _tell(process, called, f"0 upgraded, {len(new)} newly installed, 0 to remove and 0 not upgraded.")
    if not new:
        return 0
    kilobytes = sum(package.kilobytes for package in new)
    await _tell(
        process, called, f"After this operation, {kilobytes:,} kB of additional disk space will be used."
    )
    if not await _agreed(process, called, asks=bool(extra) or len(new) > len(names)):
        return 1
    for package in new:
        await _tell(process, called, f"Selecting previously unselected package {package.name}.")
        await _tell(process, called, f"Unpacking {package.name} ({package.version}) ...")
        place(files, package)
    record(files, new)
    for package in new:
        await _tell(process, called, f"Setting up {package.name} ({package.version}) ...")
    return 0


async def _agreed(process: Process, called: _Called, *, asks: bool) -> bool:
    """apt-get asks where it would do more than what was named."""
    if called.assumes_yes or not asks:
        return True
    await process.stdout.write(b"Do you want to continue? [Y/n] ")
    answer = (await process.stdin.read(64)).strip().lower()
    if process.tty and answer in (b"", b"y", b"yes"):
        return True
    if not process.tty and answer in (b"y", b"yes"):
        return True
    await _say(process, "Abort.")
    return False


async def _remove(process: Process, called: _Called) -> int:
    await _reading(process, called)
    here = installed(process.files)
    gone: list[Package] = []
    for word in called.names:
        name = word.removesuffix("-")
        matching = [each for each in here if fnmatch.fnmatchcase(each, name)]
        if not matching and name not in KNOWN["debian"]:
            return await _fail(process, f"E: Unable to locate package {name}", 100)
        if not matching:
            await _tell(process, called, f"Package '{name}' is not installed, so not removed")
        gone += [KNOWN["debian"][each] for each in matching if each in KNOWN["debian"]]
    names = {package.name for package in gone}
    dependants = [
        package
        for package in with_needs("debian", tuple(name for name in here if name in KNOWN["debian"]))
        if package.name in here and package.name not in names and names & set(package.needs)
    ]
    gone += dependants
    if gone:
        shown = " ".join(sorted(package.name for package in gone))
        await _tell(process, called, f"The following packages will be REMOVED:\n  {shown}")
    await _tell(process, called, f"0 upgraded, 0 newly installed, {len(gone)} to remove and 0 not upgraded.")
    if gone and not await _agreed(process, called, asks=True):
        return 1
    for package in gone:
        await _tell(process, called, f"Removing {package.name} ({package.version}) ...")
        displace(process.files, package)
    if gone:
        forget(process.files, [package.name for package in gone])
    return 0


async def _autoremove(process: Process, called: _Called) -> int:
    if called.names:
        return await _remove(process, called)
    await _reading(process, called)
    await _tell(process, called, "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.")
    return 0


async def _clean(process: Process, called: _Called) -> int:
    del called
    with suppress(OSError):
        for name in process.files.list(ARCHIVES):
            if name.endswith(".deb"):
                process.files.remove(f"{ARCHIVES}/{name}")
    return 0


async def _upgrade(process: Process, called: _Called) -> int:
    await _reading(process, called)
    await _tell(process, called, "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.")
    return 0


async def _reading(process: Process, called: _Called) -> None:
    await _tell(
        process, called, "Reading package lists...\nBuilding dependency tree...\nReading state information..."
    )


_COMMANDS = {
    "update": _update,
    "install": _install,
    "reinstall": _install,
    "remove": _remove,
    "purge": _remove,
    "autoremove": _autoremove,
    "auto-remove": _autoremove,
    "autopurge": _autoremove,
    "clean": _clean,
    "autoclean": _clean,
    "distclean": _clean,
    "upgrade": _upgrade,
    "dist-upgrade": _upgrade,
    "full-upgrade": _upgrade,
    "check": _upgrade,
}


async def apt_cache(process: Process) -> int:
    return await _ask(process, _read("apt-cache", process.argv[1:]))


async def _ask(process: Process, called: _Called) -> int:
    known = KNOWN["debian"] if _has_lists(process) else {}
    here = installed(process.files)
    match called.command:
        case "policy":
            for name in called.names:
                if name in known or name in here:
                    package = KNOWN["debian"][name]
                    now = here[name].version if name in here else "(none)"
                    await _say(process, f"{name}:\n  Installed: {now}\n  Candidate: {package.version}")
            return 0
        case "show":
            for name in called.names:
                if name not in known:
                    return await _fail(process, "E: No packages found", 100)
                package = known[name]
                await _say(
                    process,
                    f"Package: {name}\nVersion: {package.version}\nInstalled-Size: {package.kilobytes}\n"
                    f"Description: {package.about} (a stand-in)\n",
                )
            return 0
        case "search":
            for name, package in known.items():
                if all(word in f"{name} {package.about}" for word in called.names):
                    await _say(process, f"{name} - {package.about} (a stand-in)")
            return 0
        case "list" if "--installed" in called.switches:
            for each in here.values():
                await _say(process, f"{each.name}/now {each.version} {architecture()} [installed,local]")
            return 0
        case other:
            return await _fail(
                process, f"E: Invalid operation {other}, or one that practice does not simulate", 100
            )


async def apt_mark(process: Process) -> int:
    called = _read("apt-mark", process.argv[1:])
    here = installed(process.files)
    match called.command:
        case "auto" | "manual":
            for name in called.names:
                if name in here:
                    kind = "automatically" if called.command == "auto" else "manually"
                    await _say(process, f"{name} set to {kind} installed.")
            return 0
        case "showmanual":
            for name in sorted(here):
                await _say(process, name)
            return 0
        case "showauto" | "showhold":
            return 0
        case other:
            return await _fail(
                process, f"E: Invalid operation {other}, or one that practice does not simulate", 100
            )


async def _tell(process: Process, called: _Called, text: str) -> None:
    if not called.quiet:
        await _say(process, text)


async def _say(process: Process, text: str) -> None:
    await process.stdout.write(f"{text}\n".encode())


async def _fail(process: Process, text: str, status: int) -> int:
    await process.stderr.write(f"{text}\n".encode())
    return status
