"""The docker SDK's own integration suite: fetched, unpacked, and run in a pytest of its own against an engine.

usage: python -m tests.practice.conformance.suite ADDRESS     tells what passes there, and what does not
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

VERSION = "6.1.3"
"""The last whose source distribution carries its tests. They call the SDK that is installed, which is a newer one."""
DIGEST = "aa6d17830045ba5ef0168d5eaa34d37beeb113948c413affe1d5991fc11f9a20"
PATIENCE = 150

PARTS = (
    ("api_container",),
    ("api_exec", "client", "errors", "regression", "models_containers", "models_resources", "context_api"),
    (
        *("api_image", "api_build", "models_images", "api_client", "api_healthcheck", "models_networks"),
        *("models_volumes", "api_network", "api_volume"),
    ),
)
"""Modules of the suite, in parts that last about as long as each other; what is left out speaks of swarms, services,
secrets, configs, nodes and plugins."""

IMAGES = {
    "alpine:3.10": "alpine:3.24",
    "busybox:latest": "busybox:latest",
    "hello-world:latest": "hello-world:latest",
}
"""What the suite's tests expect to be there (some remove it), and from what it is tagged."""

KEEPER = Path(__file__).with_name("keeper.py")
_PARAMIKO = '''"""The suite asks whether a socket is a channel of paramiko, which no socket here is."""


class Channel: ...
'''


class Unavailable(Exception):
    """The suite cannot be had, and why."""


@dataclass(frozen=True, slots=True)
class Results:
    passed: frozenset[str]
    failed: Mapping[str, str]
    """Names of tests, and what went wrong."""
    skipped: frozenset[str]


def fetched() -> Path:
    """The source distribution, from the cache or through pip; raises Unavailable."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "labrunner-tests"
    kept = cache / f"docker-{VERSION}.tar.gz"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            _download(Path(folder))
            (found,) = Path(folder).glob("*.tar.gz")
            found.replace(kept)
    digest = hashlib.sha256(kept.read_bytes()).hexdigest()
    if digest != DIGEST:
        raise Unavailable(f"{kept} is not docker {VERSION}: its SHA-256 is {digest}")
    return kept


def _download(folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-binary", ":all:", "--dest", str(folder), f"docker=={VERSION}"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"pip did not bring docker {VERSION} within {error.timeout} seconds") from error
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise Unavailable(f"pip could not bring docker {VERSION}: {last}")


def unpacked(folder: Path) -> Path:
    """The suite's `tests` in a folder from which it can be run."""
    with tarfile.open(fetched()) as archive:
        prefix = f"docker-{VERSION}/tests/"
        members = [member for member in archive.getmembers() if member.name.startswith(prefix)]
        archive.extractall(folder, members, filter="data")
    run = folder / f"docker-{VERSION}"
    (run / "paramiko.py").write_text(_PARAMIKO)
    shutil.copy(KEEPER, run / KEEPER.name)
    return run


def ran(run: Path, address: str, modules: Iterable[str], report: Path) -> "subprocess.Popen[bytes]":
    """The suite's pytest, begun; its results come into `report`."""
    config = report.with_suffix(".config")
    config.mkdir()
    files = [f"tests/integration/{module}_test.py" for module in modules]
    options = [
        "--quiet",
        "--timeout=15",
        "--tb=line",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "keeper",
    ]
    options += ["-c", os.devnull, "--rootdir", ".", "-o", "junit_family=xunit1", f"--junitxml={report}"]
    with report.with_suffix(".log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", *options, *files],
            cwd=run,
            env={
                **{
                    name: value
                    for name, value in os.environ.items()
                    if not name.startswith(("DOCKER_", "PYTEST_"))
                },
                "DOCKER_HOST": address,
                "DOCKER_CONFIG": str(config),
                "SUITE_IMAGES": " ".join(f"{name}={source}" for name, source in IMAGES.items()),
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def results(reports: Sequence[Path]) -> Results:
    passed, skipped, failed = set(), set(), {}
    for report in reports:
        for case in ET.parse(report).iter("testcase"):
            module = case.get("classname", "").removeprefix("tests.integration.").replace(".", "::")
            name = f"{module}::{case.get('name')}"
            wrong = next((each for each in case if each.tag in ("failure", "error")), None)
            if wrong is not None:
                failed[name] = (wrong.get("message") or "").strip()
            elif case.find("skipped") is not None:
                skipped.add(name)
            else:
                passed.add(name)
    return Results(frozenset(passed), failed, frozenset(skipped))


def main(address: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        ran(unpacked(Path(folder)), address, chain(*PARTS), report).wait(600)
        told = results([report])
        print(report.with_suffix(".log").read_text()[-300:])
    for name in sorted(told.passed):
        print("passed", name)
    for name, why in sorted(told.failed.items()):
        print("failed", name, why)
    for name in sorted(told.skipped):
        print("skipped", name)


if __name__ == "__main__":
    main(*sys.argv[1:])
