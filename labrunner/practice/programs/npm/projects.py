"""npm init and npm ls: a project's package.json made, and what it asks for shown."""

import json
import posixpath
import re
from typing import Any

from labrunner.practice.programs.npm.calling import Called, Failure
from labrunner.practice.programs.npm.package import dependencies, missing_of, package_of, unreachable


async def init(called: Called) -> int:
    if called.words:
        raise unreachable({f"create-{called.words[0]}": ""})
    if not called.flags & {"-y", "--yes", "-f", "--force"}:
        raise Failure("labrunner's practice engine does not simulate npm's questions: use npm init -y")
    path = posixpath.join(called.process.cwd, "package.json")
    name = re.sub(r"[^a-z0-9._-]+", "-", posixpath.basename(called.process.cwd).lower()).strip("-") or "app"
    files = called.process.files
    main = next(
        (
            each
            for each in ("index.js", "server.js", "app.js")
            if files.exists(posixpath.join(called.process.cwd, each))
        ),
        "index.js",
    )
    package: dict[str, Any] = {
        "name": name,
        "version": "1.0.0",
        "description": "",
        "main": main,
        "scripts": {"test": 'echo "Error: no test specified" && exit 1'},
        "keywords": [],
        "author": "",
        "license": "ISC",
    }
    if main == "server.js":
        package["scripts"]["start"] = "node server.js"
    if files.exists(path):
        package |= package_of(called)
    text = json.dumps(package, indent=2, ensure_ascii=False)
    files.write(path, f"{text}\n".encode())
    await called.say(f"Wrote to {path}:\n\n{text}\n\n")
    return 0


async def list_tree(called: Called) -> int:
    has = called.process.files.exists(called.path("package.json"))
    package = package_of(called) if has else {}
    title = "@".join(str(package[key]) for key in ("name", "version") if package.get(key))
    wanted = dependencies(called, package)
    missing = missing_of(called, wanted)
    lines = [f"{title} {called.folder}".strip() if title else called.folder]
    names = list(wanted)
    for name in names:
        branch = "└──" if name == names[-1] else "├──"
        lines.append(f"{branch} {'UNMET DEPENDENCY ' if name in missing else ''}{name}@{wanted[name]}")
    await called.say("\n".join(lines if names else [*lines, "└── (empty)"]) + "\n")
    if missing:
        raise Failure(
            "code ELSPROBLEMS",
            *(
                f"missing: {name}@{wish}, required by {title or called.folder}"
                for name, wish in missing.items()
            ),
        )
    return 0
