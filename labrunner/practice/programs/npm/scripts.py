"""npm run and its short forms."""

import re
from collections.abc import Mapping
from typing import Any

from labrunner.practice.programs.npm.calling import Called, Failure
from labrunner.practice.programs.npm.package import package_of, scripts_of
from labrunner.practice.programs.process import Process


async def list_scripts(called: Called) -> int:
    package = package_of(called)
    listed = scripts_of(package)
    if listed:
        title = f"{package.get('name', '')}@{package.get('version', '')}"
        await called.say(f"Scripts available in {title} via `npm run`:")
        for name, text in listed.items():
            await called.say(f"  {name}\n    {text}")
    return 0


async def script(called: Called, name: str, words: tuple[str, ...]) -> int:
    package = package_of(called)
    listed = dict(scripts_of(package))
    if name == "start" and name not in listed and called.process.files.exists(called.path("server.js")):
        listed["start"] = "node server.js"
    if name not in listed:
        if "--if-present" in called.flags:
            return 0
        raise Failure(f'Missing script: "{name}"', "", "To see a list of scripts, run:", "  npm run")
    package = {**package, "scripts": listed}
    status = 0
    for each in (f"pre{name}", name, f"post{name}"):
        if each in listed:
            status = await run_script(called, package, each, words if each == name else ())
            if status != 0:
                break
    return status


async def run_script(called: Called, package: Mapping[str, Any], name: str, words: tuple[str, ...]) -> int:
    process = called.process
    text = scripts_of(package)[name]
    shown = " ".join([text, *(_quoted(word) for word in words)])
    if not called.quiet:
        title = "@".join(str(package[key]) for key in ("name", "version") if package.get(key))
        await called.say(f"\n> {title + ' ' if title else ''}{name}\n> {shown}\n")
    bins = called.path("node_modules/.bin")
    env = {
        **process.env,
        "PATH": f"{bins}:{process.env.get('PATH', '/usr/local/bin:/usr/bin:/bin')}",
        "npm_lifecycle_event": name,
        "npm_lifecycle_script": text,
        "npm_package_name": str(package.get("name", "")),
        "npm_package_version": str(package.get("version", "")),
        "npm_command": "run" if called.command in ("run", "run-script") else called.command,
        "INIT_CWD": process.cwd,
    }
    return await _child(process, ("sh", "-c", shown), env, called.folder)


async def _child(process: Process, argv: tuple[str, ...], env: Mapping[str, str], cwd: str) -> int:
    """The shell as a child that hears npm's signals."""
    kernel = process.kernel
    try:
        if kernel is None:
            return await process.run(argv, env=env, cwd=cwd)
        file = kernel.which(process, argv[0], env.get("PATH"))

        async def body(child: Process) -> int:
            return await kernel.execute(child, file, argv)

        child = kernel.fork(process, body, fds=process.fds, argv=argv, env=env, cwd=cwd)
        for name in ("TERM", "INT", "HUP"):
            process.on_signal(name, lambda name=name: child.signal(name))  # type: ignore[misc]
        return await child.wait()
    except OSError as error:
        raise Failure(f"{argv[0]}: {error.strerror}", status=127) from None


def _quoted(word: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_@%+=:,./-]+", word):
        return word
    return "'" + word.replace("'", "'\\''") + "'"
