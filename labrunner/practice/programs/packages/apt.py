"""The stand-ins of apt-get and apt: what they install and remove."""

import fnmatch
from contextlib import suppress

from labrunner.practice.programs.packages.apt_asking import ask
from labrunner.practice.programs.packages.apt_calling import Called, fail, read, say, tell
from labrunner.practice.programs.packages.apt_lists import LISTS, has_lists, update
from labrunner.practice.programs.packages.dpkg import architecture, forget, installed, record
from labrunner.practice.programs.packages.known import KNOWN, Package, with_needs
from labrunner.practice.programs.packages.placing import displace, place
from labrunner.practice.programs.process import Process

ARCHIVES = "/var/cache/apt/archives"
NOTICE = "labrunner: {name} is simulated by labrunner's practice engine: packages are stand-ins, nothing is fetched"
_CANNOT_LOCK = (
    "E: Could not open lock file {path} - open (13: Permission denied)\nE: Unable to lock directory {folder}"
)


async def apt_get(process: Process) -> int:
    name = process.argv[0].rpartition("/")[2]
    called = read(name, process.argv[1:])
    if called.switches & {"--version", "-v"}:
        await say(process, f"{name}, simulated by labrunner's practice engine ({architecture()})")
        return 0
    if called.switches & {"-h", "--help"} or not called.command or called.command == "help":
        await say(
            process,
            f"{name} (simulated): {name} update | install [-y] PACKAGE... | remove | purge | autoremove | clean",
        )
        return 0 if called.command or called.switches else 1
    if called.unknown:
        return await fail(
            process, f"E: labrunner's practice engine does not simulate the option {called.unknown}", 100
        )
    if name == "apt":
        await process.stderr.write(
            b"\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n"
        )
    command = called.command
    if name == "apt" and command in ("list", "search", "show", "policy"):
        return await ask(process, called)
    if command not in _COMMANDS:
        return await fail(
            process, f"E: Invalid operation {command}, or one that practice does not simulate", 100
        )
    if process.uid != 0:
        folder = (
            f"{LISTS}/" if command == "update" else f"{ARCHIVES}/" if command == "clean" else "/var/lib/dpkg/"
        )
        path = f"{folder}lock" if command != "install" else "/var/lib/dpkg/lock-frontend"
        return await fail(process, _CANNOT_LOCK.format(path=path, folder=folder), 100)
    await say(process, NOTICE.format(name=name))
    return await _COMMANDS[command](process, called)


async def _install(process: Process, called: Called) -> int:
    await _reading(process, called)
    files = process.files
    here = installed(files)
    known = KNOWN["debian"] if has_lists(process) else {}
    names: list[str] = []
    for word in called.names:
        name, equals, version = word.partition("=")
        name = name.removesuffix("+").partition("/")[0].partition(":")[0]
        package = known.get(name)
        if package is None and name in here:
            package = KNOWN["debian"].get(name)
        if package is None:
            return await fail(process, f"E: Unable to locate package {name}", 100)
        if equals and not fnmatch.fnmatchcase(package.version, version):
            return await fail(process, f"E: Version '{version}' for '{name}' was not found", 100)
        if name in here:
            await tell(process, called, f"{name} is already the newest version ({here[name].version}).")
        else:
            names.append(name)
    recommends = "--no-install-recommends" not in called.switches
    listed = with_needs("debian", tuple(names), recommends=recommends)
    new = [package for package in listed if package.name not in here]
    extra = [package.name for package in new if package.name not in names]
    if extra:
        await tell(
            process,
            called,
            f"The following additional packages will be installed:\n  {' '.join(sorted(extra))}",
        )
    if new:
        shown = " ".join(sorted(package.name for package in new))
        await tell(process, called, f"The following NEW packages will be installed:\n  {shown}")
    await tell(process, called, f"0 upgraded, {len(new)} newly installed, 0 to remove and 0 not upgraded.")
    if not new:
        return 0
    kilobytes = sum(package.kilobytes for package in new)
    await tell(
        process, called, f"After this operation, {kilobytes:,} kB of additional disk space will be used."
    )
    if not await _agreed(process, called, asks=bool(extra) or len(new) > len(names)):
        return 1
    for package in new:
        await tell(process, called, f"Selecting previously unselected package {package.name}.")
        await tell(process, called, f"Unpacking {package.name} ({package.version}) ...")
        place(files, package)
    record(files, new)
    for package in new:
        await tell(process, called, f"Setting up {package.name} ({package.version}) ...")
    return 0


async def _agreed(process: Process, called: Called, *, asks: bool) -> bool:
    """apt-get asks where it would do more than what was named."""
    if called.assumes_yes or not asks:
        return True
    await process.stdout.write(b"Do you want to continue? [Y/n] ")
    answer = (await process.stdin.read(64)).strip().lower()
    if answer in (b"y", b"yes") or (process.tty and not answer):
        return True
    await say(process, "Abort.")
    return False


async def _remove(process: Process, called: Called) -> int:
    await _reading(process, called)
    here = installed(process.files)
    gone: list[Package] = []
    for word in called.names:
        name = word.removesuffix("-")
        matching = [each for each in here if fnmatch.fnmatchcase(each, name)]
        if not matching and name not in KNOWN["debian"]:
            return await fail(process, f"E: Unable to locate package {name}", 100)
        if not matching:
            await tell(process, called, f"Package '{name}' is not installed, so not removed")
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
        await tell(process, called, f"The following packages will be REMOVED:\n  {shown}")
    await tell(process, called, f"0 upgraded, 0 newly installed, {len(gone)} to remove and 0 not upgraded.")
    if gone and not await _agreed(process, called, asks=True):
        return 1
    for package in gone:
        await tell(process, called, f"Removing {package.name} ({package.version}) ...")
        displace(process.files, package)
    if gone:
        forget(process.files, [package.name for package in gone])
    return 0


async def _autoremove(process: Process, called: Called) -> int:
    if called.names:
        return await _remove(process, called)
    await _reading(process, called)
    await tell(process, called, "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.")
    return 0


async def _clean(process: Process, called: Called) -> int:
    del called
    with suppress(OSError):
        for name in process.files.list(ARCHIVES):
            if name.endswith(".deb"):
                process.files.remove(f"{ARCHIVES}/{name}")
    return 0


async def _upgrade(process: Process, called: Called) -> int:
    await _reading(process, called)
    await tell(process, called, "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.")
    return 0


async def _reading(process: Process, called: Called) -> None:
    await tell(
        process, called, "Reading package lists...\nBuilding dependency tree...\nReading state information..."
    )


_COMMANDS = {
    "update": update,
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
