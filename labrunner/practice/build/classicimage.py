"""The configuration of the image that a step of the classic builder makes."""

from collections.abc import Mapping, Sequence
from typing import Any

from labrunner.practice.build.cache import now_text
from labrunner.practice.build.graph import ARCHITECTURE
from labrunner.practice.images.image import Image

_CONFIG: Mapping[str, Any] = {
    "Hostname": "",
    "Domainname": "",
    "User": "",
    "AttachStdin": False,
    "AttachStdout": False,
    "AttachStderr": False,
    "Tty": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Env": None,
    "Cmd": None,
    "Image": "",
    "Volumes": None,
    "WorkingDir": "",
    "Entrypoint": None,
    "OnBuild": None,
    "Labels": None,
}


def image_facts(
    before: Image | None,
    config: Mapping[str, Any],
    *,
    command: Sequence[str],
    layers: Sequence[str],
    empty: bool,
    author: str,
    container: str,
    version: str,
) -> dict[str, Any]:
    """`before` is the image that it stands on; `empty` a step that changed no file."""
    parent = before.id if before is not None else ""
    created = now_text()
    row: dict[str, Any] = {"created": created, "created_by": " ".join(command)}
    if author:
        row["author"] = author
    if empty:
        row["empty_layer"] = True
    run_config = {**_CONFIG, **_present(config), "Image": parent}
    facts: dict[str, Any] = {
        "architecture": before.config.get("architecture") if before is not None else ARCHITECTURE,
        "config": run_config,
        "container_config": {**run_config, "Hostname": container[:12], "Cmd": list(command)},
        "created": created,
        "docker_version": version,
        "history": [*(before.history if before is not None else ()), row],
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": list(layers)},
    }
    if container:
        facts["container"] = container
    if before is not None and before.config.get("variant"):
        facts["variant"] = before.config["variant"]
    if author:
        facts["author"] = author
    return facts


def _present(config: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in config.items()
        if value not in (None, [], {}, "", False) or key in _CONFIG
    }
