"""What a package.json says: dependencies, of which none can be fetched, and scripts."""

import json
from collections.abc import Mapping
from typing import Any

from labrunner.practice.programs.npm.calling import Called, Failure


def package_of(called: Called) -> dict[str, Any]:
    path = called.path("package.json")
    try:
        text = called.process.files.read(path).decode("utf-8", "replace")
    except OSError:
        raise Failure(
            "code ENOENT",
            "syscall open",
            f"path {path}",
            "errno -2",
            f"enoent Could not read package.json: Error: ENOENT: no such file or directory, open '{path}'",
            "enoent This is related to npm not being able to find a file.",
            "enoent",
            status=254,
        ) from None
    try:
        told = json.loads(text.removeprefix("\ufeff"))
    except ValueError as error:
        raise Failure(
            "code EJSONPARSE",
            f"path {path}",
            f"JSON.parse Failed to parse JSON data: {error}",
            "JSON.parse Note: package.json must be actual JSON, not just JavaScript.",
        ) from None
    if not isinstance(told, dict):
        raise Failure("code EJSONPARSE", f"path {path}", "JSON.parse package.json must hold an object")
    return told


def dependencies(called: Called, package: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    omits = {"--omit=dev", "--production", "--only=production", "--only=prod"}
    wanted = ["dependencies", "optionalDependencies"]
    if not called.flags & omits and called.process.env.get("NODE_ENV") != "production":
        wanted.append("devDependencies")
    for kind in wanted:
        listed = package.get(kind)
        if isinstance(listed, dict):
            found.update({str(name): str(wish) for name, wish in listed.items()})
    return found


def unreachable(names: Mapping[str, str]) -> Failure:
    name = next(iter(names))
    others = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
    return Failure(
        "code ENOTFOUND",
        "syscall getaddrinfo",
        "errno ENOTFOUND",
        f"network request to https://registry.npmjs.org/{name} failed, reason: getaddrinfo ENOTFOUND registry.npmjs.org",
        f"network '{name}'{others} cannot be fetched: labrunner's practice engine has no network and no npm registry.",
        "network Packages whose code is in the project itself work; so do programs without dependencies.",
    )


def missing_of(called: Called, wanted: Mapping[str, str]) -> dict[str, str]:
    """What is asked for and not already in node_modules."""
    files = called.process.files
    return {
        name: wish
        for name, wish in wanted.items()
        if not files.exists(called.path(f"node_modules/{name}/package.json"))
    }


def scripts_of(package: Mapping[str, Any]) -> dict[str, str]:
    scripts = package.get("scripts")
    return {str(name): str(text) for name, text in scripts.items()} if isinstance(scripts, dict) else {}
