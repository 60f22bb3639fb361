"""npm without a registry: what works works, and the rest says why it cannot."""

import json
from collections.abc import Mapping

from labrunner.practice.images.tree import Node
from tests.practice.programs.box import box, standin

NPM: Mapping[str, str | bytes | Node] = {
    "usr/local/bin/npm": standin("npm", "11.16.0"),
    "usr/local/bin/node": standin("node", "24.18.0"),
    "bin/sh": standin("coreutils"),
}
PACKAGE = json.dumps(
    {"name": "app", "version": "1.0.0", "scripts": {"start": "node server.js", "hello": "echo hello"}}
)


async def test_a_project_without_dependencies_installs() -> None:
    async with box({**NPM, "app/package.json": PACKAGE}) as here:
        status, said, complaint = await here.run("npm", "install", "--omit=dev", cwd="/app")
        lock = json.loads(here.read("/app/package-lock.json"))
        again = await here.run("npm", "ci", cwd="/app")

    assert (status, complaint) == (0, "")
    assert said.startswith("\nup to date, audited 1 package in 0s\n")
    assert "simulated" in said
    assert lock == {
        "name": "app",
        "version": "1.0.0",
        "lockfileVersion": 3,
        "requires": True,
        "packages": {"": {"name": "app", "version": "1.0.0"}},
    }
    assert again[0] == 0


async def test_ci_wants_a_lock_file() -> None:
    async with box({**NPM, "app/package.json": PACKAGE}) as here:
        status, _, complaint = await here.run("npm", "ci", cwd="/app")

    assert status == 1
    assert complaint.startswith(
        "npm error code EUSAGE\nnpm error\n"
        "npm error The `npm ci` command can only install with an existing package-lock.json or\n"
    )


async def test_dependencies_cannot_be_fetched() -> None:
    package = json.dumps({"name": "app", "dependencies": {"express": "^5"}, "devDependencies": {"jest": "1"}})
    async with box({**NPM, "app/package.json": package}) as here:
        status, said, complaint = await here.run("npm", "install", cwd="/app")
        named = await here.run("npm", "install", "left-pad", cwd="/app")

    assert (status, said) == (1, "")
    assert "'express' (and 1 more) cannot be fetched: labrunner's practice engine has no network" in complaint
    assert named[0] == 1


async def test_a_folder_without_a_package() -> None:
    async with box({**NPM, "app/x": ""}) as here:
        status, _, complaint = await here.run("npm", "start", cwd="/app")

    assert status == 254
    assert (
        "npm error enoent Could not read package.json: Error: ENOENT: no such file or directory" in complaint
    )


async def test_scripts_run_with_npms_words() -> None:
    files = {
        **NPM,
        "app/package.json": PACKAGE,
        "app/server.js": "console.log(process.env.npm_lifecycle_event)",
    }
    async with box(files) as here:
        started = await here.run("npm", "start", cwd="/app")
        hello = await here.run("npm", "run", "hello", "--", "you", cwd="/app")
        missing = await here.run("npm", "run", "nope", cwd="/app")

    assert started == (0, "\n> app@1.0.0 start\n> node server.js\n\nstart\n", "")
    assert hello == (0, "\n> app@1.0.0 hello\n> echo hello you\n\nhello you\n", "")
    assert missing[0] == 1
    assert missing[2].startswith('npm error Missing script: "nope"\n')


async def test_cleaning_the_cache_wants_force() -> None:
    async with box(NPM) as here:
        without = await here.run("npm", "cache", "clean")
        forced = await here.run("npm", "cache", "clean", "--force")

    assert without[0] == 1
    assert forced == (0, "", "npm warn using --force Recommended protections disabled.\n")


async def test_init_and_ls_and_version() -> None:
    async with box({**NPM, "srv/app/server.js": ""}) as here:
        made = await here.run("npm", "init", "-y", cwd="/srv/app")
        package = json.loads(here.read("/srv/app/package.json"))
        listed = await here.run("npm", "ls", cwd="/srv/app")
        version = await here.run("npm", "-v")

    assert made[0] == 0
    assert (package["name"], package["main"]) == ("app", "server.js")
    assert listed == (0, "app@1.0.0 /srv/app\n└── (empty)\n\n", "")
    assert version == (0, "11.16.0\n", "")
