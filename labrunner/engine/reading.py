"""The Engine API's JSON made into facts, whatever the API version, image store or product it came from.

API 1.24 to 1.52 and podman's socket differ in what they leave out, so every field may be absent or null here.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from labrunner.engine.facts import (
    NOTHING,
    EngineEvent,
    EngineFacts,
    Healthcheck,
    HistoryEntry,
    Image,
    ImageConfig,
    ImageSummary,
)
from labrunner.reference import InvalidReference, parse

Json = Mapping[str, Any]

PRACTICE = "labrunner practice engine"
"""What the practice engine says in `Platform.Name` of `/version`."""

_NANOSECONDS = 1_000_000_000
_NONE = "<none>"
_PODMAN_ACTIONS = {
    ("container", "remove"): "destroy",
    ("image", "remove"): "delete",
    ("volume", "remove"): "destroy",
}
"""Where podman has a word of its own, Docker's."""

_HEX = frozenset("0123456789abcdef")


def image_summaries(rows: Iterable[Json] | None) -> tuple[ImageSummary, ...]:
    """The rows of `/images/json`."""
    return tuple(
        ImageSummary(
            id=image_id(row.get("Id")),
            names=names(row.get("RepoTags")),
            digests=names(row.get("RepoDigests")),
            size=row.get("Size") or 0,
            created=row.get("Created") or 0,
            labels=mapping(row.get("Labels")),
        )
        for row in rows or ()
    )


def image(told: Json) -> Image:
    """`/images/NAME/json`"""
    layers = (told.get("RootFS") or {}).get("Layers")
    return Image(
        id=image_id(told.get("Id")),
        names=names(told.get("RepoTags")),
        digests=names(told.get("RepoDigests")),
        size=told.get("Size") or 0,
        created=told.get("Created") or "",
        layers=words(layers),
        config=_config(told.get("Config") or {}),
        os=told.get("Os") or "",
        architecture=told.get("Architecture") or "",
    )


def history(rows: Iterable[Json] | None) -> tuple[HistoryEntry, ...]:
    """`/images/NAME/history`"""
    return tuple(
        HistoryEntry(
            created_by=row.get("CreatedBy") or "",
            size=row.get("Size") or 0,
            comment=row.get("Comment") or "",
            id=image_id(row.get("Id")),
            names=names(row.get("Tags")),
        )
        for row in rows or ()
    )


def event(told: Json) -> EngineEvent:
    """One line of `/events`."""
    actor = told.get("Actor") or {}
    kind, action = told.get("Type") or "", told.get("Action") or told.get("status") or ""
    subject = actor.get("ID") or told.get("id") or ""
    attributes = mapping(actor.get("Attributes"))
    name = attributes.get("name", "")
    if kind == "image":
        subject, name = _image_in_event(subject, name)
    elif kind == "volume":
        # Docker tells a volume's name as its ID alone, podman as its name alone.
        subject = name = subject or name
    return EngineEvent(
        type=kind,
        action=_PODMAN_ACTIONS.get((kind, action), action),
        id=subject,
        name=name,
        attributes=attributes,
        at=told.get("timeNano") or (told.get("time") or 0) * _NANOSECONDS,
    )


def engine_facts(version: Json, info: Json, *, address: str) -> EngineFacts:
    """`/version` and `/info`"""
    security = words(info.get("SecurityOptions"))
    return EngineFacts(
        product=product(version, info),
        version=version.get("Version") or info.get("ServerVersion") or "",
        api=version.get("ApiVersion") or "",
        min_api=version.get("MinAPIVersion") or "",
        os=version.get("Os") or info.get("OSType") or "",
        architecture=version.get("Arch") or info.get("Architecture") or "",
        kernel=version.get("KernelVersion") or info.get("KernelVersion") or "",
        driver=info.get("Driver") or "",
        store="containerd" if _on_containerd(info) else "graph",
        rootless=any(option.split(",")[0] == "name=rootless" for option in security),
        mirrors=words((info.get("RegistryConfig") or {}).get("Mirrors")),
        address=address,
    )


def product(version: Json, info: Json = NOTHING) -> str:
    """What the engine is sold as; `/version` alone tells the practice engine and podman from Docker."""
    platform = (version.get("Platform") or {}).get("Name") or ""
    system = info.get("OperatingSystem") or ""
    components = {part.get("Name") for part in version.get("Components") or ()}
    if platform.startswith(PRACTICE):
        return PRACTICE
    if "Podman Engine" in components:
        return "Podman"
    for desktop in ("Docker Desktop", "OrbStack", "Rancher Desktop"):
        if desktop in platform or desktop in system:
            return desktop
    return "Docker Engine"


def image_id(told: str | None) -> str:
    """`sha256:…`, also where podman leaves the algorithm out; empty for `<missing>`."""
    if not told or told == "<missing>":
        return ""
    return f"sha256:{told}" if len(told) == 64 and _is_id(told) else told


def names(told: Iterable[str] | None) -> tuple[str, ...]:
    """Familiar names in order; `<none>:<none>` and `<none>@<none>` are none at all."""
    return tuple(_tagged(name) for name in told or () if not name.startswith(_NONE))


def words(told: Iterable[str] | str | None) -> tuple[str, ...]:
    """A list that may be null, or, in old images, one text."""
    if isinstance(told, str):
        return (told,)
    return tuple(told or ())


def mapping(told: Mapping[str, str] | None) -> Mapping[str, str]:
    return MappingProxyType(dict(told)) if told else NOTHING


def _config(told: Json) -> ImageConfig:
    return ImageConfig(
        cmd=words(told.get("Cmd")),
        entrypoint=words(told.get("Entrypoint")),
        env=words(told.get("Env")),
        ports=tuple(sorted(told.get("ExposedPorts") or ())),
        workdir=told.get("WorkingDir") or "",
        user=told.get("User") or "",
        labels=mapping(told.get("Labels")),
        healthcheck=_healthcheck(told.get("Healthcheck")),
        stopsignal=told.get("StopSignal") or "",
        volumes=tuple(sorted(told.get("Volumes") or ())),
        shell=words(told.get("Shell")),
        onbuild=words(told.get("OnBuild")),
    )


def _healthcheck(told: Json | None) -> Healthcheck | None:
    if not told:
        return None
    return Healthcheck(
        test=words(told.get("Test")),
        interval=(told.get("Interval") or 0) / _NANOSECONDS,
        timeout=(told.get("Timeout") or 0) / _NANOSECONDS,
        start_period=(told.get("StartPeriod") or 0) / _NANOSECONDS,
        retries=told.get("Retries") or 0,
    )


def _tagged(name: str) -> str:
    try:
        return parse(name).familiar
    except InvalidReference:
        return name


def _image_in_event(subject: str, name: str) -> tuple[str, str]:
    """A pull tells its reference as the ID and a name without the tag; others may tell an ID as the name."""
    if not _is_id(subject):
        return subject, _tagged(subject)
    return image_id(subject), "" if _is_id(name) or not name else _tagged(name)


def _is_id(text: str) -> bool:
    digits = text.removeprefix("sha256:")
    return len(digits) >= 12 and _HEX.issuperset(digits)


def _on_containerd(info: Json) -> bool:
    return any("io.containerd.snapshotter" in str(row) for row in info.get("DriverStatus") or ())
