"""Logins, in the file where docker's own command keeps them: `config.json` in DOCKER_CONFIG, or in ~/.docker."""

import base64
import json
import os
from pathlib import Path
from typing import Any

HUB = "https://index.docker.io/v1/"


def file() -> Path:
    return Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "config.json"


def key_of(domain: str) -> str:
    return HUB if domain in ("docker.io", "index.docker.io", "") else domain


def settings() -> dict[str, Any]:
    try:
        told = json.loads(file().read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def keep(settings: dict[str, Any]) -> None:
    place = file()
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = place.with_name(f".{place.name}.{os.getpid()}")
    with open(unfinished, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
        json.dump(settings, out, indent="\t")
    unfinished.replace(place)


def login_for(key: str) -> tuple[str, str] | None:
    """User name and password."""
    kept = settings().get("auths") or {}
    auth = (kept.get(key) or {}).get("auth") or ""
    try:
        user, colon, password = base64.b64decode(auth).decode().partition(":")
    except ValueError:
        return None
    return (user, password) if colon else None


def auth_header(domain: str) -> dict[str, str]:
    """X-Registry-Auth for a registry that somebody is logged in to."""
    known = login_for(key_of(domain))
    if known is None:
        return {}
    return {
        "X-Registry-Auth": encoded(
            {"username": known[0], "password": known[1], "serveraddress": key_of(domain)}
        )
    }


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def all_logins() -> dict[str, dict[str, str]]:
    """For X-Registry-Config of a build."""
    found = {}
    for key in settings().get("auths") or {}:
        known = login_for(key)
        if known is not None:
            found[key] = {"username": known[0], "password": known[1]}
    return found
