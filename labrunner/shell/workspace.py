"""The folder a lesson is done in, and the environment of the shell that starts there."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath

from labrunner.errors import ShellError
from labrunner.lesson.model import WorkspaceFile

_NOT_PASSED_ON = (
    "DOCKER_CONTEXT",
    "DOCKER_HOST",
    "DOCKER_TLS_VERIFY",
    "DOCKER_TLS",
    "DOCKER_CERT_PATH",
    "BUILDX_BUILDER",
)


NO_HELPER = '{"credHelpers": {"labrunner.invalid": ""}}\n'
"""With any entry here the docker command keeps logins in this file, and asks no keychain of the learner's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """Folders of the lesson's own for what the docker command keeps, so that the learner's stay untouched."""

    docker_config: Path
    buildx_config: Path


def prepare(folder: Path, files: Iterable[WorkspaceFile]) -> None:
    """Make the workspace and put the lesson's files there that are not there yet.

    Raises OSError; ShellError for a path that would leave the workspace, through `..` or through a symbolic link.
    """
    folder.mkdir(parents=True, exist_ok=True)
    root = folder.resolve()
    for file in files:
        path = inside(root, file.path)
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        if file.executable:
            path.chmod(0o755)


def put_aside(folder: Path, files: Sequence[WorkspaceFile]) -> Path | None:
    """Make the workspace what it was when the lesson began; the folder beside it in which the learner's files are now,
    or None where nothing had changed. Raises ShellError as `prepare` does."""
    given = {Path(file.path): file.content for file in files}
    there = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    if not any(_is_mine(path, given.get(path.relative_to(folder))) for path in there):
        prepare(folder, files)
        return None
    aside = next(
        place
        for number in count(1)
        if not (place := folder.with_name(f"{folder.name}-before-redo-{number}")).exists()
    )
    aside.mkdir()
    for path in folder.iterdir():
        path.rename(aside / path.name)
    prepare(folder, files)
    return aside


def _is_mine(path: Path, given: bytes | None) -> bool:
    """Whether the learner made this file, or changed the one that was given."""
    return given is None or not path.is_file() or path.is_symlink() or path.read_bytes() != given


def log_out(docker_config: Path) -> None:
    """Forget every login of the lesson's own docker configuration."""
    config = docker_config / "config.json"
    if config.exists():
        config.write_text(NO_HELPER)


def inside(root: Path, name: str) -> Path:
    """The place of a lesson's file, given as a relative path with slashes, in the workspace `root`."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\0" in name:
        raise _leaves(root, name)
    path = root.joinpath(*parts)
    # A dangling link counts as well: writing through it would make its target.
    if not path.resolve().is_relative_to(root.resolve()):
        raise _leaves(root, name)
    return path


def private_folders(folder: Path, home: Path) -> Private:
    """Make the docker command's folders under `folder`; the learner's own plugins go on working."""
    private = Private(docker_config=folder / "docker", buildx_config=folder / "buildx")
    for made in (private.docker_config, private.buildx_config):
        made.mkdir(parents=True, exist_ok=True, mode=0o700)
    config = private.docker_config / "config.json"
    if not config.exists():
        config.write_text(NO_HELPER)
        config.chmod(0o600)
    plugins, own = private.docker_config / "cli-plugins", home / ".docker" / "cli-plugins"
    if own.is_dir() and not plugins.is_symlink() and not plugins.exists():
        plugins.symlink_to(own, target_is_directory=True)
    return private


def shell_environment(
    environment: Mapping[str, str], *, engine: str, private: Private, lesson: str
) -> dict[str, str]:
    """The environment of the lab shell: the learner's, with the docker command led to the lesson's engine.

    `engine` is what DOCKER_HOST wants, such as `unix:///path/of/the/gateway`.
    """
    kept = {name: value for name, value in environment.items() if name not in _NOT_PASSED_ON}
    return {
        **kept,
        "DOCKER_HOST": engine,
        "DOCKER_CONFIG": str(private.docker_config),
        "BUILDX_CONFIG": str(private.buildx_config),
        # `docker login` asks for a password here, not for a browser, and advertises nothing.
        "DOCKER_CLI_DISABLE_OAUTH_LOGIN": "1",
        "DOCKER_CLI_HINTS": "false",
        "LABRUNNER_LESSON": lesson,
    }


def _leaves(root: Path, name: str) -> ShellError:
    return ShellError(
        f"The lesson's file {name!r} would lie outside its workspace {os.fspath(root)}.",
        "Report it to the lesson's author; nothing was written there.",
    )
