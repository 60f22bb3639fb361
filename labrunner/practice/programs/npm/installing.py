"""npm install and npm ci, for what needs no registry."""

import json
import posixpath
from collections.abc import Mapping
from typing import Any

from labrunner.practice.programs.npm.calling import Called, Failure
from labrunner.practice.programs.npm.package import (
    dependencies,
    missing_of,
    package_of,
    scripts_of,
    unreachable,
)
from labrunner.practice.programs.npm.scripts import run_script

_LOCK_VERSION = 3


async def install(called: Called) -> int:
    flags = called.flags
    if flags & {"-g", "--global"} or called.words:
        names = dict.fromkeys(called.words, "") or {"?": ""}
        raise unreachable(names)
    if flags & {"--production", "--only=production", "--only=prod"}:
        await called.warn("warn config production Use `--omit=dev` instead.")
    package = package_of(called) if called.process.files.exists(called.path("package.json")) else {}
    if missing := missing_of(called, dependencies(called, package)):
        raise unreachable(missing)
    old = (called.process.version or "11").partition(".")[0] in ("2", "3", "4")
    if "--no-package-lock" not in flags and not old:
        _write_lock(called, package)
    await _life(called, package, "install")
    await _done(called, package)
    return 0


async def clean_install(called: Called) -> int:
    package = package_of(called)
    lock = called.path("package-lock.json")
    files = called.process.files
    if not files.exists(lock) and not files.exists(called.path("npm-shrinkwrap.json")):
        raise Failure(
            "code EUSAGE",
            "",
            "The `npm ci` command can only install with an existing package-lock.json or",
            "npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or",
            "later to generate a package-lock.json file, then try again.",
            "",
            "Clean install a project",
            "",
            "Usage:",
            "npm ci",
        )
    try:
        locked = json.loads(files.read(lock)) if files.exists(lock) else {}
    except ValueError:
        raise Failure("code EJSONPARSE", f"path {lock}", "JSON.parse Failed to parse JSON data") from None
    entry = locked.get("packages", {}).get("", {}) if isinstance(locked, dict) else {}
    wanted = dependencies(called, package)
    listed = dependencies(called, entry if isinstance(entry, dict) else {})
    if unlisted := [name for name in wanted if name not in listed]:
        raise Failure(
            "code EUSAGE",
            "",
            "`npm ci` can only install packages when your package.json and package-lock.json are in sync. "
            "Please update your lock file with `npm install` before continuing.",
            "",
            *(f"Missing: {name}@{wanted[name]} from lock file" for name in unlisted),
            "",
        )
    if wanted:
        raise unreachable(wanted)
    if files.exists(called.path("node_modules")):
        files.remove(called.path("node_modules"), recursive=True)
    await _life(called, package, "install")
    await _done(called, package)
    return 0


async def _life(called: Called, package: Mapping[str, Any], stage: str) -> None:
    """The scripts around an installation."""
    if "--ignore-scripts" in called.flags:
        return
    for name in (f"pre{stage}", stage, f"post{stage}", "prepare"):
        if name in scripts_of(package):
            status = await run_script(called, package, name, ())
            if status != 0:
                raise Failure(
                    f"code {status}", f"path {called.folder}", f"command failed: {name}", status=status
                )


async def _done(called: Called, package: Mapping[str, Any]) -> None:
    if called.quiet:
        return
    count = 1 + len(dependencies(called, package))
    noun = "package" if count == 1 else "packages"
    checked = (
        "" if "--no-audit" in called.flags or "--offline" in called.flags else f", audited {count} {noun}"
    )
    await called.say(f"\nup to date{checked} in 0s")
    if checked:
        await called.say(
            "(simulated by labrunner's practice engine: nothing was fetched, and nothing was audited)"
        )


def _write_lock(called: Called, package: Mapping[str, Any]) -> None:
    path = called.path("package-lock.json")
    files = called.process.files
    root = {
        key: package[key]
        for key in ("name", "version", "license", "dependencies", "devDependencies", "bin", "engines")
        if package.get(key)
    }
    lock: dict[str, Any] = {}
    lock["name"] = package.get("name") or posixpath.basename(called.folder)
    if package.get("version"):
        lock["version"] = package["version"]
    lock |= {"lockfileVersion": _LOCK_VERSION, "requires": True, "packages": {"": root} if root else {}}
    data = (json.dumps(lock, indent=2, ensure_ascii=False) + "\n").encode()
    if files.exists(path):
        try:
            before = json.loads(files.read(path))
        except ValueError:
            before = None
        if isinstance(before, dict) and before.get("packages", {}).get("") == root:
            return
    try:
        files.write(path, data)
    except OSError as error:
        raise Failure(
            "code EACCES",
            "syscall open",
            f"path {path}",
            "errno -13",
            f"Error: EACCES: {(error.strerror or '').lower()}, open '{path}'",
            status=243,
        ) from None
