"""What a client asks of a build, in either dialect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Dialect = Literal["classic", "buildkit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    dockerfile: str = "Dockerfile"
    """Its path in the context."""
    dockerfile_text: str | None = None
    """Its text, where the client sends it apart from the context (BuildKit always does)."""
    tags: tuple[str, ...] = ()
    build_args: Mapping[str, str | None] = field(default_factory=dict)
    """`None`: named by the client without a value."""
    labels: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    no_cache: bool = False
    no_cache_stages: frozenset[str] = frozenset()
    """BuildKit's `--no-cache-filter`: stages whose steps are done anew."""
    pull: bool = False
    cache_from: tuple[str, ...] = ()
    """Accepted: the engine's own cache is all there is."""
    quiet: bool = False
    network: str = ""
    extra_hosts: tuple[str, ...] = ()
    platform: str = ""
    contexts: Mapping[str, str] = field(default_factory=dict)
    """BuildKit's `--build-context NAME=docker-image://…`."""
    secrets: Mapping[str, bytes] = field(default_factory=dict)
    """BuildKit's `--secret`, already read from the client."""
