"""Debian's database of installed packages, and the stand-ins of dpkg and dpkg-query that read it."""

import fnmatch
import platform
from collections.abc import Iterable
from dataclasses import dataclass

from labrunner.practice.programs.packages.known import KNOWN, Package
from labrunner.practice.programs.packages.placing import paths
from labrunner.practice.programs.process import Files, Process

STATUS = "/var/lib/dpkg/status"
INFO = "/var/lib/dpkg/info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    name: str
    version: str
    about: str = ""


def architecture() -> str:
    return {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "amd64")


def installed(files: Files) -> dict[str, Installed]:
    try:
        text = files.read(STATUS).decode("utf-8", "replace")
    except OSError:
        return {}
    found: dict[str, Installed] = {}
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "Package" in fields and fields.get("Status", "").endswith(" installed"):
            found[fields["Package"]] = Installed(
                name=fields["Package"],
                version=fields.get("Version", "0"),
                about=fields.get("Description", ""),
            )
    return found


def record(files: Files, packages: Iterable[Package]) -> None:
    files.mkdir(INFO, parents=True)
    for package in packages:
        block = (
            f"Package: {package.name}\nStatus: install ok installed\nInstalled-Size: {package.kilobytes}\n"
            f"Architecture: {architecture()}\nVersion: {package.version}\n"
            f"Description: {package.about} (a stand-in)\n\n"
        )
        files.append(STATUS, block.encode())
        files.write(f"{INFO}/{package.name}.list", "".join(f"{path}\n" for path in paths(package)).encode())


def forget(files: Files, names: Iterable[str]) -> None:
    gone = set(names)
    text = files.read(STATUS).decode("utf-8", "replace")
    kept = [block for block in text.split("\n\n") if block.strip() and _name(block) not in gone]
    files.write(STATUS, "".join(f"{block.strip()}\n\n" for block in kept).encode())
    for name in gone:
        if files.exists(f"{INFO}/{name}.list"):
            files.remove(f"{INFO}/{name}.list")


def _name(block: str) -> str:
    return next((line[9:].strip() for line in block.splitlines() if line.startswith("Package: ")), "")


async def dpkg(process: Process) -> int:
    words = list(process.argv[1:])
    here = installed(process.files)
    match words:
        case ["--print-architecture"]:
            await _say(process, architecture())
            return 0
        case ["--version"]:
            await _say(process, "dpkg, simulated by labrunner's practice engine")
            return 0
        case ["-l" | "--list", *names]:
            return await _list(process, here, names)
        case ["-L" | "--listfiles", *names] if names:
            for name in names:
                package = KNOWN["debian"].get(name)
                if name not in here or package is None:
                    return await _fail(process, f"dpkg-query: package '{name}' is not installed", 1)
                await _say(process, "\n".join(paths(package)))
            return 0
        case ["-s" | "--status", *names] if names:
            for name in names:
                if name not in here:
                    return await _fail(
                        process,
                        f"dpkg-query: package '{name}' is not installed and no information is available",
                        1,
                    )
                found = here[name]
                await _say(
                    process,
                    f"Package: {name}\nStatus: install ok installed\nArchitecture: {architecture()}\n"
                    f"Version: {found.version}\nDescription: {found.about}",
                )
            return 0
        case _:
            return await _fail(
                process,
                f"dpkg: labrunner's practice engine does not simulate: dpkg {' '.join(words)}".rstrip(),
                2,
            )


async def dpkg_query(process: Process) -> int:
    words = list(process.argv[1:])
    if words and words[0] in ("-l", "--list", "-L", "--listfiles", "-s", "--status"):
        return await dpkg(process)
    if not words or words[0] not in ("-W", "--show"):
        return await _fail(
            process,
            f"dpkg-query: labrunner's practice engine does not simulate: {' '.join(words)}".rstrip(),
            2,
        )
    form, names = "${Package}\t${Version}\n", []
    for word in words[1:]:
        if word.startswith(("-f=", "--showformat=")):
            form = word.partition("=")[2].replace("\\n", "\n").replace("\\t", "\t")
        else:
            names.append(word)
    here = installed(process.files)
    for name in names or sorted(here):
        if name not in here:
            return await _fail(process, f"dpkg-query: no packages found matching {name}", 1)
        text = form.replace("${Package}", name).replace("${Version}", here[name].version)
        text = text.replace("${Architecture}", architecture()).replace("${Status}", "install ok installed")
        await process.stdout.write(text.encode())
    return 0


async def _list(process: Process, here: dict[str, Installed], names: list[str]) -> int:
    found = [
        each for each in here.values() if not names or any(fnmatch.fnmatch(each.name, name) for name in names)
    ]
    if names and not found:
        return await _fail(process, f"dpkg-query: no packages found matching {names[0]}", 1)
    await _say(
        process,
        "Desired=Unknown/Install/Remove/Purge/Hold\n"
        "| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n"
        "|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n"
        f"||/ {'Name':<20} {'Version':<16} {'Architecture':<12} Description\n"
        f"+++-{'=' * 20}-{'=' * 16}-{'=' * 12}-{'=' * 34}",
    )
    for each in sorted(found, key=lambda each: each.name):
        await _say(process, f"ii  {each.name:<20} {each.version:<16} {architecture():<12} {each.about}")
    if not names:
        await _say(
            process,
            "labrunner: what the image itself is made of is not in this list: the image is a stand-in",
        )
    return 0


async def _say(process: Process, text: str) -> None:
    await process.stdout.write(f"{text}\n".encode())


async def _fail(process: Process, text: str, status: int) -> int:
    await process.stderr.write(f"{text}\n".encode())
    return status
