"""apt's lists of packages, which `update` fetches from the sources."""

import re
from contextlib import suppress

from labrunner.practice.programs.packages.apt_calling import Called, say
from labrunner.practice.programs.packages.dpkg import architecture
from labrunner.practice.programs.packages.placing import put_zeros
from labrunner.practice.programs.process import Process

LISTS = "/var/lib/apt/lists"
_LIST_BYTES = 960 * 1024
"""One list of packages, at the catalogue's scale of 1:10."""


async def update(process: Process, called: Called) -> int:
    del called
    number = 0
    for address, suite in sources_of(process):
        host = address.partition("://")[2].rstrip("/").replace("/", "_")
        for kind, size in (("InRelease", 14 * 1024), (f"main_binary-{architecture()}_Packages", _LIST_BYTES)):
            if kind != "InRelease" and suite.endswith(("-updates", "-security")):
                size = 16 * 1024
            number += 1
            shown = "InRelease" if kind == "InRelease" else f"main {architecture()} Packages"
            await say(process, f"Get:{number} {address} {suite} {shown} [{size // 1024} kB] (simulated)")
            put_zeros(process.files, f"{LISTS}/{host}_dists_{suite}_{kind}", size)
    await say(process, "Reading package lists...")
    return 0


def sources_of(process: Process) -> list[tuple[str, str]]:
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


def has_lists(process: Process) -> bool:
    try:
        return any(name.endswith("_Packages") for name in process.files.list(LISTS))
    except OSError:
        return False
