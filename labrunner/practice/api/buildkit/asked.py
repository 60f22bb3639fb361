"""A frontend's options, the strings of `FrontendOpt`, as what the builder understands."""

from collections.abc import Mapping
from dataclasses import dataclass

from labrunner.practice.api.buildkit.grpc import Code, RpcError
from labrunner.practice.build.options import Options

IMAGE = "docker-image://"
UPLOADED = "http://buildkit-session/"

SILENT = (
    *(
        "cgroup-parent",
        "cmdline",
        "contextkey",
        "dockerfilekey",
        "frontend.caps",
        "hostname",
        "image-resolve-mode",
    ),
    *("multi-platform", "shm-size", "source", "ulimit"),
)
"""They change nothing that is simulated, or are read elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    options: Options
    """Without secrets, tags and the Dockerfile's text."""
    call: str = ""
    """`frontend.lint`, `frontend.outline`, `frontend.targets`: not a build but a question about the Dockerfile."""
    uploaded: str = ""
    """The client's stdin is the context: where it is to be had."""


def read(given: Mapping[str, str]) -> Asked:
    """Raises RpcError for what is not simulated, and never leaves it out silently."""
    build_args: dict[str, str | None] = {}
    labels: dict[str, str] = {}
    contexts: dict[str, str] = {}
    for key, value in given.items():
        kind, _, name = key.partition(":")
        if kind == "build-arg" and name:
            build_args[name] = value
        elif kind == "label" and name:
            labels[name] = value
        elif kind == "context" and name:
            if not value.startswith(IMAGE):
                raise _not_simulated(f"the build context {name}={value}")
            contexts[name] = value
        elif kind in ("attest", "input", "input-metadata", "vcs", "local-sessionid"):
            if kind in ("attest", "input") and value not in ("", "false", "disabled=true"):
                raise _not_simulated(f"{key}={value}")
        elif key not in SILENT and key not in _READ:
            raise _not_simulated(f"the frontend option {key}={value}")
    context = given.get("context", "")
    if context and not context.startswith(UPLOADED):
        raise RpcError(
            Code.UNKNOWN,
            f"practice engine: the context {context} needs a network, which is not simulated; build from a folder",
        )
    no_cache = given.get("no-cache")
    return Asked(
        options=Options(
            dockerfile=given.get("filename") or "Dockerfile",
            build_args=build_args,
            labels=labels,
            target=given.get("target", ""),
            no_cache=no_cache == "",
            no_cache_stages=frozenset(name for name in (no_cache or "").split(",") if name),
            pull=given.get("image-resolve-mode") == "pull",
            cache_from=tuple(ref for ref in given.get("cache-from", "").split(",") if ref),
            network=given.get("force-network-mode", ""),
            extra_hosts=tuple(host for host in given.get("add-hosts", "").split(",") if host),
            platform=given.get("platform", ""),
            contexts=contexts,
        ),
        call=given.get("requestid", ""),
        uploaded=context.removeprefix("http://buildkit-session"),
    )


_READ = (
    *("add-hosts", "cache-from", "cache-imports", "context", "filename", "force-network-mode", "no-cache"),
    *("platform", "requestid", "target"),
)


def _not_simulated(what: str) -> RpcError:
    return RpcError(Code.UNKNOWN, f"practice engine: {what} is not simulated")
