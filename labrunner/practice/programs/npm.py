"""The stand-in of npm: projects without dependencies, their scripts, and the truth about the missing registry."""

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labrunner.practice.programs.process import Process

_LOCK_VERSION = 3
_FLAG_WORDS = """
    --omit=dev --omit=optional --omit=peer --include=dev --production --only=production --only=prod --no-audit --audit
    --no-fund --fund --offline --prefer-offline --force -f --silent -s --quiet -q --loglevel --no-progress
    --progress=false --ignore-scripts --no-save --save -S --save-dev -D --no-optional --no-package-lock -y --yes
    --legacy-peer-deps --no-update-notifier --verbose --global -g --all --if-present
"""
_FLAGS = frozenset(_FLAG_WORDS.split())
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


class _Failure(Exception):
    """What npm says on stderr, each line behind `npm error`."""

    def __init__(self, *lines: str, status: int = 1) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class _Called:
    process: Process
    command: str
    words: tuple[str, ...]
    flags: frozenset[str]
    rest: tuple[str, ...]
    """What stands behind `--`."""

    @property
    def folder(self) -> str:
        """Where the package is: the nearest folder upwards with a package.json, else the working folder."""
        at = self.process.cwd
        while True:
            if self.process.files.exists(posixpath.join(at, "package.json")):
                return at
            if at == "/":
                return self.process.cwd
            at = posixpath.dirname(at)

    def path(self, name: str) -> str:
        return posixpath.join(self.folder, name)

    @property
    def quiet(self) -> bool:
        return bool(self.flags & {"-s", "--silent", "--quiet", "-q"})

    async def say(self, text: str) -> None:
        await self.process.stdout.write(f"{text}\n".encode())

    async def warn(self, text: str) -> None:
        if not self.flags & {"-s", "--silent"}:
            await self.process.stderr.write(f"npm {text}\n".encode())


async def npm(process: Process) -> int:
    called = _read(process)
    version = process.version or "11"
    try:
        if called.flags & {"-v", "--version"} and not called.command:
            await called.say(version)
            return 0
        return await _work(called, version)
    except _Failure as failure:
        for line in failure.lines:
            await process.stderr.write(f"npm error {line}".rstrip().encode() + b"\n")
        return failure.status


def _known(flag: str) -> bool:
    return flag in _FLAGS or flag.partition("=")[0] in {
        "--loglevel",
        "--registry",
        "--cache",
        "--fetch-timeout",
        "--fetch-retries",
    }


def _read(process: Process) -> _Called:
    words: list[str] = []
    flags: set[str] = set()
    rest: tuple[str, ...] = ()
    given = list(process.argv[1:])
    while given:
        word = given.pop(0)
        if word == "--":
            rest = tuple(given)
            break
        if word.startswith("-") and word != "-":
            if word in ("--omit", "--include", "--only", "--loglevel", "--registry", "--cache") and given:
                word = f"{word}={given.pop(0)}"
            flags.add(word)
        else:
            words.append(word)
    command = words[0] if words else ""
    return _Called(
        process=process, command=command, words=tuple(words[1:]), flags=frozenset(flags), rest=rest
    )


async def _work(called: _Called, version: str) -> int:
    command = called.command
    for flag in sorted(called.flags):
        if not _known(flag):
            raise _Failure(f"labrunner's practice engine does not simulate the option {flag}")
    if command in _INSTALLING:
        return await _install(called)
    if command in _CLEAN:
        return await _clean_install(called)
    if command in _LIFECYCLE:
        return await _script(called, _LIFECYCLE[command], called.rest or called.words)
    if command in ("run", "run-script", "rum", "urn"):
        if not called.words:
            return await _scripts(called)
        return await _script(called, called.words[0], called.rest or called.words[1:])
    match command:
        case "cache":
            return await _cache(called)
        case "init" | "create" | "innit":
            return await _init(called)
        case "ls" | "list" | "la" | "ll":
            return await _list(called)
        case "config" | "c" if called.words[:2] == ("set", "update-notifier"):
            return 0
        case "version" if not called.words:
            await called.say(f"{{ npm: '{version}' }}  # simulated by labrunner's practice engine")
            return 0
        case "prune" | "dedupe":
            return await _install(called)
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
            raise _Failure(
                f"labrunner's practice engine does not simulate npm {command}: there is no registry to ask"
            )
        case "" | "help":
            await called.say(
                "npm <command>, simulated by labrunner's practice engine:\n\n"
                "    install, ci, start, test, run, init -y, ls, cache clean --force"
            )
            return 1 if command == "" else 0
        case _:
            raise _Failure(
                f'Unknown command: "{command}", or one that labrunner\'s practice engine does not simulate'
            )


def _package(called: _Called) -> dict[str, Any]:
    path = called.path("package.json")
    try:
        text = called.process.files.read(path).decode("utf-8", "replace")
    except OSError:
        raise _Failure(
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
        raise _Failure(
            "code EJSONPARSE",
            f"path {path}",
            f"JSON.parse Failed to parse JSON data: {error}",
            "JSON.parse Note: package.json must be actual JSON, not just JavaScript.",
        ) from None
    if not isinstance(told, dict):
        raise _Failure("code EJSONPARSE", f"path {path}", "JSON.parse package.json must hold an object")
    return told


def _dependencies(called: _Called, package: Mapping[str, Any]) -> dict[str, str]:
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


def _unreachable(names: Mapping[str, str]) -> _Failure:
    name = next(iter(names))
    others = f" (and {len(names) - 1} more)" if len(names) > 1 else ""
    return _Failure(
        "code ENOTFOUND",
        "syscall getaddrinfo",
        "errno ENOTFOUND",
        f"network request to https://registry.npmjs.org/{name} failed, reason: getaddrinfo ENOTFOUND registry.npmjs.org",
        f"network '{name}'{others} cannot be fetched: labrunner's practice engine has no network and no npm registry.",
        "network Packages whose code is in the project itself work; so do programs without dependencies.",
    )


def _missing(called: _Called, wanted: Mapping[str, str]) -> dict[str, str]:
    """What is asked for and not already in node_modules."""
    files = called.process.files
    return {
        name: wish
        for name, wish in wanted.items()
        if not files.exists(called.path(f"node_modules/{name}/package.json"))
    }


async def _install(called: _Called) -> int:
    flags = called.flags
    if flags & {"-g", "--global"} or called.words:
        names = dict.fromkeys(called.words, "") or {"?": ""}
        raise _unreachable(names)
    if flags & {"--production", "--only=production", "--only=prod"}:
        await called.warn("warn config production Use `--omit=dev` instead.")
    package = _package(called) if called.process.files.exists(called.path("package.json")) else {}
    if missing := _missing(called, _dependencies(called, package)):
        raise _unreachable(missing)
    old = (called.process.version or "11").partition(".")[0] in ("2", "3", "4")
    if "--no-package-lock" not in flags and not old:
        _write_lock(called, package)
    await _life(called, package, "install")
    await _done(called, package)
    return 0


async def _clean_install(called: _Called) -> int:
    package = _package(called)
    lock = called.path("package-lock.json")
    files = called.process.files
    if not files.exists(lock) and not files.exists(called.path("npm-shrinkwrap.json")):
        raise _Failure(
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
        raise _Failure("code EJSONPARSE", f"path {lock}", "JSON.parse Failed to parse JSON data") from None
    entry = locked.get("packages", {}).get("", {}) if isinstance(locked, dict) else {}
    wanted = _dependencies(called, package)
    listed = _dependencies(called, entry if isinstance(entry, dict) else {})
    if unlisted := [name for name in wanted if name not in listed]:
        raise _Failure(
            "code EUSAGE",
            "",
            "`npm ci` can only install packages when your package.json and package-lock.json are in sync. "
            "Please update your lock file with `npm install` before continuing.",
            "",
            *(f"Missing: {name}@{wanted[name]} from lock file" for name in unlisted),
            "",
        )
    if wanted:
        raise _unreachable(wanted)
    if files.exists(called.path("node_modules")):
        files.remove(called.path("node_modules"), recursive=True)
    await _life(called, package, "install")
    await _done(called, package)
    return 0


async def _life(called: _Called, package: Mapping[str, Any], stage: str) -> None:
    """The scripts around an installation."""
    if "--ignore-scripts" in called.flags:
        return
    for name in (f"pre{stage}", stage, f"post{stage}", "prepare"):
        if name in _listed(package):
            status = await _run(called, package, name, ())
            if status != 0:
                raise _Failure(
                    f"code {status}", f"path {called.folder}", f"command failed: {name}", status=status
                )


async def _done(called: _Called, package: Mapping[str, Any]) -> None:
    if called.quiet:
        return
    count = 1 + len(_dependencies(called, package))
    noun = "package" if count == 1 else "packages"
    checked = (
        "" if "--no-audit" in called.flags or "--offline" in called.flags else f", audited {count} {noun}"
    )
    await called.say(f"\nup to date{checked} in 0s")
    if checked:
        await called.say(
            "(simulated by labrunner's practice engine: nothing was fetched, and nothing was audited)"
        )


def _write_lock(called: _Called, package: Mapping[str, Any]) -> None:
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
        raise _Failure(
            "code EACCES",
            "syscall open",
            f"path {path}",
            "errno -13",
            f"Error: EACCES: {(error.strerror or '').lower()}, open '{path}'",
            status=243,
        ) from None


def _listed(package: Mapping[str, Any]) -> dict[str, str]:
    scripts = package.get("scripts")
    return {str(name): str(text) for name, text in scripts.items()} if isinstance(scripts, dict) else {}


async def _scripts(called: _Called) -> int:
    package = _package(called)
    listed = _listed(package)
    if listed:
        title = f"{package.get('name', '')}@{package.get('version', '')}"
        await called.say(f"Scripts available in {title} via `npm run`:")
        for name, text in listed.items():
            await called.say(f"  {name}\n    {text}")
    return 0


async def _script(called: _Called, name: str, words: tuple[str, ...]) -> int:
    package = _package(called)
    listed = dict(_listed(package))
    if name == "start" and name not in listed and called.process.files.exists(called.path("server.js")):
        listed["start"] = "node server.js"
    if name not in listed:
        if "--if-present" in called.flags:
            return 0
        raise _Failure(f'Missing script: "{name}"', "", "To see a list of scripts, run:", "  npm run")
    package = {**package, "scripts": listed}
    status = 0
    for each in (f"pre{name}", name, f"post{name}"):
        if each in listed:
            status = await _run(called, package, each, words if each == name else ())
            if status != 0:
                break
    return status


async def _run(called: _Called, package: Mapping[str, Any], name: str, words: tuple[str, ...]) -> int:
    process = called.process
    text = _listed(package)[name]
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
        raise _Failure(f"{argv[0]}: {error.strerror}", status=127) from None


def _quoted(word: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_@%+=:,./-]+", word):
        return word
    return "'" + word.replace("'", "'\\''") + "'"


async def _cache(called: _Called) -> int:
    match called.words[:1]:
        case ("clean" | "clear" | "rm",):
            if not called.flags & {"--force", "-f"}:
                raise _Failure(
                    "As of npm@5, the npm cache self-heals from corruption issues",
                    "by treating integrity mismatches as cache misses.  As a result,",
                    "data extracted from the cache is guaranteed to be valid.  If you",
                    "want to make sure everything is consistent, use `npm cache verify`",
                    "instead.",
                    "",
                    "If you're sure you want to delete the entire cache, rerun this command with --force.",
                )
            await called.warn("warn using --force Recommended protections disabled.")
            cache = posixpath.join(called.process.env.get("HOME", "/root"), ".npm")
            if called.process.files.exists(posixpath.join(cache, "_cacache")):
                called.process.files.remove(posixpath.join(cache, "_cacache"), recursive=True)
            return 0
        case ("verify",):
            await called.say("Cache verified and compressed (simulated): 0 bytes")
            return 0
        case _:
            raise _Failure("Usage: npm cache clean --force | npm cache verify")


async def _init(called: _Called) -> int:
    if called.words:
        raise _unreachable({f"create-{called.words[0]}": ""})
    if not called.flags & {"-y", "--yes", "-f", "--force"}:
        raise _Failure("labrunner's practice engine does not simulate npm's questions: use npm init -y")
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
        package |= _package(called)
    text = json.dumps(package, indent=2, ensure_ascii=False)
    files.write(path, f"{text}\n".encode())
    await called.say(f"Wrote to {path}:\n\n{text}\n\n")
    return 0


async def _list(called: _Called) -> int:
    has = called.process.files.exists(called.path("package.json"))
    package = _package(called) if has else {}
    title = "@".join(str(package[key]) for key in ("name", "version") if package.get(key))
    wanted = _dependencies(called, package)
    missing = _missing(called, wanted)
    lines = [f"{title} {called.folder}".strip() if title else called.folder]
    names = list(wanted)
    for name in names:
        branch = "└──" if name == names[-1] else "├──"
        lines.append(f"{branch} {'UNMET DEPENDENCY ' if name in missing else ''}{name}@{wanted[name]}")
    await called.say("\n".join(lines if names else [*lines, "└── (empty)"]) + "\n")
    if missing:
        raise _Failure(
            "code ELSPROBLEMS",
            *(
                f"missing: {name}@{wish}, required by {title or called.folder}"
                for name, wish in missing.items()
            ),
        )
    return 0


async def npx(process: Process) -> int:
    await process.stderr.write(
        b"npm error labrunner's practice engine does not simulate npx: there is no registry to fetch from\n"
    )
    return 1
