"""Why a build failed, as buildx wants to be told: a status with the place in the Dockerfile."""

import base64
import json
from typing import Any

from labrunner.practice.api.buildkit.grpc import Code, RpcError
from labrunner.practice.api.buildkit.messages import Detail
from labrunner.practice.build.failure import BuildFailure

SOURCE = "github.com/moby/buildkit/errdefs.Source+json"
VERTEX = "github.com/moby/buildkit/errdefs.Vertex+json"
LONGEST_SOURCE = 64 << 10
"""A Dockerfile that is larger is left out: details travel in one header."""


def told(failure: BuildFailure) -> RpcError:
    """buildx draws the excerpt with `>>>` from the source and its lines."""
    details = []
    if failure.location is not None and len(failure.dockerfile) <= LONGEST_SOURCE:
        details.append(_detail(SOURCE, source(failure.filename, failure.dockerfile, failure.location)))
    if failure.vertex:
        details.append(_detail(VERTEX, {"digest": failure.vertex}))
    return RpcError(Code.UNKNOWN, failure.message, tuple(details))


def source(filename: str, text: str, lines: tuple[int, int]) -> dict[str, Any]:
    first, last = lines
    return {
        "info": {
            "filename": filename,
            "data": base64.b64encode(text.encode("utf-8", "surrogateescape")).decode(),
            "language": "Dockerfile",
        },
        "ranges": [{"start": {"line": first}, "end": {"line": last}}],
    }


def _detail(kind: str, value: dict[str, Any]) -> Detail:
    return Detail(type_url=kind, value=json.dumps(value, separators=(",", ":")).encode())
