"""What apt answers without changing anything: apt-cache, apt list, apt show; and apt-mark."""

from labrunner.practice.programs.packages.apt_calling import Called, fail, read, say
from labrunner.practice.programs.packages.apt_lists import has_lists
from labrunner.practice.programs.packages.dpkg import architecture, installed
from labrunner.practice.programs.packages.known import KNOWN
from labrunner.practice.programs.process import Process


async def apt_cache(process: Process) -> int:
    return await ask(process, read("apt-cache", process.argv[1:]))


async def ask(process: Process, called: Called) -> int:
    known = KNOWN["debian"] if has_lists(process) else {}
    here = installed(process.files)
    match called.command:
        case "policy":
            for name in called.names:
                if name in known or name in here:
                    package = KNOWN["debian"][name]
                    now = here[name].version if name in here else "(none)"
                    await say(process, f"{name}:\n  Installed: {now}\n  Candidate: {package.version}")
            return 0
        case "show":
            for name in called.names:
                if name not in known:
                    return await fail(process, "E: No packages found", 100)
                package = known[name]
                await say(
                    process,
                    f"Package: {name}\nVersion: {package.version}\nInstalled-Size: {package.kilobytes}\n"
                    f"Description: {package.about} (a stand-in)\n",
                )
            return 0
        case "search":
            for name, package in known.items():
                if all(word in f"{name} {package.about}" for word in called.names):
                    await say(process, f"{name} - {package.about} (a stand-in)")
            return 0
        case "list" if "--installed" in called.switches:
            for each in here.values():
                await say(process, f"{each.name}/now {each.version} {architecture()} [installed,local]")
            return 0
        case other:
            return await fail(
                process, f"E: Invalid operation {other}, or one that practice does not simulate", 100
            )


async def apt_mark(process: Process) -> int:
    called = read("apt-mark", process.argv[1:])
    here = installed(process.files)
    match called.command:
        case "auto" | "manual":
            for name in called.names:
                if name in here:
                    kind = "automatically" if called.command == "auto" else "manually"
                    await say(process, f"{name} set to {kind} installed.")
            return 0
        case "showmanual":
            for name in sorted(here):
                await say(process, name)
            return 0
        case "showauto" | "showhold":
            return 0
        case other:
            return await fail(
                process, f"E: Invalid operation {other}, or one that practice does not simulate", 100
            )
