"""npm and npx: which command is meant."""

from labrunner.practice.programs.npm.cache import cache
from labrunner.practice.programs.npm.calling import Called, Failure, known, read
from labrunner.practice.programs.npm.installing import clean_install, install
from labrunner.practice.programs.npm.projects import init, list_tree
from labrunner.practice.programs.npm.scripts import list_scripts, script
from labrunner.practice.programs.process import Process

_INSTALLING = {"install", "i", "in", "ins", "add", "isntall"}
_CLEAN = {"ci", "clean-install", "ic", "install-clean"}
_LIFECYCLE = {
    "start": "start",
    "test": "test",
    "t": "test",
    "tst": "test",
    "stop": "stop",
    "restart": "restart",
}


async def npm(process: Process) -> int:
    called = read(process)
    version = process.version or "11"
    try:
        if called.flags & {"-v", "--version"} and not called.command:
            await called.say(version)
            return 0
        return await _work(called, version)
    except Failure as failure:
        for line in failure.lines:
            await process.stderr.write(f"npm error {line}".rstrip().encode() + b"\n")
        return failure.status


async def _work(called: Called, version: str) -> int:
    command = called.command
    for flag in sorted(called.flags):
        if not known(flag):
            raise Failure(f"labrunner's practice engine does not simulate the option {flag}")
    if command in _INSTALLING:
        return await install(called)
    if command in _CLEAN:
        return await clean_install(called)
    if command in _LIFECYCLE:
        return await script(called, _LIFECYCLE[command], called.rest or called.words)
    if command in ("run", "run-script", "rum", "urn"):
        if not called.words:
            return await list_scripts(called)
        return await script(called, called.words[0], called.rest or called.words[1:])
    match command:
        case "cache":
            return await cache(called)
        case "init" | "create" | "innit":
            return await init(called)
        case "ls" | "list" | "la" | "ll":
            return await list_tree(called)
        case "config" | "c" if called.words[:2] == ("set", "update-notifier"):
            return 0
        case "version" if not called.words:
            await called.say(f"{{ npm: '{version}' }}  # simulated by labrunner's practice engine")
            return 0
        case "prune" | "dedupe":
            return await install(called)
        case (
            "audit"
            | "fund"
            | "outdated"
            | "view"
            | "info"
            | "show"
            | "search"
            | "publish"
            | "update"
            | "exec"
            | "x"
        ):
            raise Failure(
                f"labrunner's practice engine does not simulate npm {command}: there is no registry to ask"
            )
        case "" | "help":
            await called.say(
                "npm <command>, simulated by labrunner's practice engine:\n\n"
                "    install, ci, start, test, run, init -y, ls, cache clean --force"
            )
            return 1 if command == "" else 0
        case _:
            raise Failure(
                f'Unknown command: "{command}", or one that labrunner\'s practice engine does not simulate'
            )


async def npx(process: Process) -> int:
    await process.stderr.write(
        b"npm error labrunner's practice engine does not simulate npx: there is no registry to fetch from\n"
    )
    return 1
