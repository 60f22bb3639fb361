"""Images as the Engine API's JSON: one row of the list, the inspected whole, the history."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from labrunner.practice.images.image import Image
from labrunner.practice.images.store import Store

NEVER = "0001-01-01T00:00:00Z"
_ALWAYS_TOLD = {
    "Cmd": None,
    "Entrypoint": None,
    "Env": None,
    "Labels": None,
    "OnBuild": None,
    "User": "",
    "Volumes": None,
    "WorkingDir": "",
}
_TOLD_IF_SET = ("ArgsEscaped", "ExposedPorts", "Healthcheck", "Shell", "StopSignal")
_OF_CONTAINERS = {
    "Hostname": "",
    "Domainname": "",
    "AttachStdin": False,
    "AttachStdout": False,
    "AttachStderr": False,
    "Tty": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Image": "",
}


def summary(
    store: Store,
    image: Image,
    tags: Sequence[str],
    digests: Sequence[str],
    *,
    containers: int = -1,
    shared: int = -1,
    version: tuple[int, int] = (1, 51),
) -> dict[str, Any]:
    size = store.size(image)
    row: dict[str, Any] = {
        "Containers": containers,
        "Created": int(seconds(image.config.get("created"))),
        "Id": image.id,
        "Labels": image.run.get("Labels"),
        "ParentId": store.parent(image.id),
        "RepoDigests": list(digests),
        "RepoTags": list(tags),
        "SharedSize": shared,
        "Size": size,
    }
    if version < (1, 44):
        row["VirtualSize"] = size
    if version < (1, 43) and not tags and not digests:
        row |= {"RepoTags": ["<none>:<none>"], "RepoDigests": ["<none>@<none>"]}
    return row


def inspected(store: Store, image: Image, version: tuple[int, int] = (1, 51)) -> dict[str, Any]:
    tagged = store.last_tagged(image.id)
    size = store.size(image)
    told: dict[str, Any] = {
        "Id": image.id,
        "RepoTags": [reference.familiar for reference in store.names(image.id)],
        "RepoDigests": [reference.familiar for reference in store.digests(image.id)],
        "Parent": store.parent(image.id),
        "Comment": comment(image),
        "Created": image.config.get("created") or NEVER,
        "DockerVersion": image.config.get("docker_version") or "",
        "Author": image.config.get("author") or "",
        "Architecture": image.config.get("architecture") or "",
        "Os": image.config.get("os") or "",
        "Size": size,
        "GraphDriver": {"Data": None, "Name": "practice"},
        "RootFS": {"Type": "layers", "Layers": list(image.layers)},
        "Metadata": {"LastTagTime": written(tagged) if tagged else NEVER},
        "Config": _config(image, version),
    }
    if image.config.get("variant"):
        told["Variant"] = image.config["variant"]
    if version < (1, 44):
        told["VirtualSize"] = size
    if version < (1, 45):
        told["Container"] = image.config.get("container") or ""
        told["ContainerConfig"] = image.config.get("container_config")
    return told


def history(store: Store, image: Image) -> list[dict[str, Any]]:
    """The newest row first; a row has an ID where this engine made or knows the image behind it."""
    layers = iter(image.layers)
    rows: list[dict[str, Any]] = []
    for entry in image.history:
        size = 0
        if not entry.get("empty_layer") and (layer := next(layers, None)) is not None:
            size = store.layer_size(layer)
        rows.append(
            {
                "Comment": entry.get("comment") or "",
                "Created": int(seconds(entry.get("created"))),
                "CreatedBy": entry.get("created_by") or "",
                "Id": "<missing>",
                "Size": size,
                "Tags": None,
            }
        )
    rows.reverse()
    behind: str = image.id
    for row in rows:
        if not behind or store.image(behind) is None:
            break
        row["Id"] = behind
        row["Tags"] = [reference.familiar for reference in store.names(behind)] or None
        behind = store.parent(behind)
    return rows


def comment(image: Image) -> str:
    """Of the image, or of the last step that made it."""
    rows = image.history
    return str(image.config.get("comment") or (rows[-1].get("comment") if rows else "") or "")


def seconds(text: Any) -> float:
    """Since the epoch, of RFC 3339 with up to nanoseconds; as Go, the year 1 where there is no time."""
    try:
        return _parsed(str(text)).timestamp()
    except (ValueError, OverflowError):
        return -62135596800.0


def _parsed(text: str) -> datetime:
    head, dot, rest = text.partition(".")
    if dot:
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        head += f".{digits[:6]:0<6}" + rest[len(digits) :]
    moment = datetime.fromisoformat(head.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def written(moment: float) -> str:
    """RFC 3339 in UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def _config(image: Image, version: tuple[int, int]) -> Mapping[str, Any]:
    told: dict[str, Any] = {
        **_ALWAYS_TOLD,
        **{key: image.run.get(key) for key in _ALWAYS_TOLD if image.run.get(key)},
    }
    if version < (1, 50):
        told = {**_OF_CONTAINERS, **told}
    told |= {key: image.run[key] for key in _TOLD_IF_SET if image.run.get(key)}
    return dict(sorted(told.items()))
