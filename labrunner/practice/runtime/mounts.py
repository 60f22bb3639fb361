"""Where volumes and empty folders stand in a container, read out of `-v`, `--mount`, `--tmpfs` and VOLUME."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from posixpath import normpath
from typing import Any, Literal

from labrunner.practice.refusal import Refused

_BIND = (
    "practice engine: bind mounts are not simulated ({source}:{target}); "
    "use COPY in a Dockerfile, docker cp, or a named volume"
)
_MODES = {"", "ro", "rw", "z", "Z", "nocopy", "cached", "delegated", "consistent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MountPoint:
    kind: Literal["volume", "tmpfs"]
    target: str
    """Absolute, `/data`."""
    name: str = ""
    """The volume's."""
    mode: str = ""
    """As it was written, `z` where nothing was: Docker shows it."""
    writable: bool = True
    copy_up: bool = True
    """An empty volume is filled with what the image has there."""
    anonymous: bool = False

    def inspect(self) -> dict[str, object]:
        """One of `Mounts`."""
        if self.kind == "tmpfs":
            return {
                "Type": "tmpfs",
                "Source": "",
                "Destination": self.target,
                "Mode": self.mode,
                "RW": self.writable,
                "Propagation": "",
            }
        return {
            "Type": "volume",
            "Name": self.name,
            "Source": f"/var/lib/docker/volumes/{self.name}/_data",
            "Destination": self.target,
            "Driver": "local",
            "Mode": self.mode,
            "RW": self.writable,
            "Propagation": "",
        }


Named = Callable[[str, Mapping[str, str] | None], str]
"""Makes sure that a volume is there ("" asks for a new one without a name) and gives its name."""


def check(host: Mapping[str, Any]) -> None:
    """Refuses what cannot be mounted, before anything is made; raises Refused with Docker's text."""
    seen: set[str] = set()
    for text in _list(host, "Binds"):
        source, target, mode = _bind(text)
        if source.startswith(("/", "~")):
            raise Refused(400, _BIND.format(source=source, target=target))
        _words(mode)
        _once(seen, target)
    for given in _list(host, "Mounts"):
        _once(seen, _mount(given)[1])
    for target in host.get("Tmpfs") or {}:
        _once(seen, _absolute(target))


def mounts(
    config: Mapping[str, Any], host: Mapping[str, Any], named: Named, borrowed: Iterable[MountPoint] = ()
) -> tuple[MountPoint, ...]:
    """All of a container's, after `check`; makes the volumes that are missing. `borrowed` are another container's."""
    found: dict[str, MountPoint] = {each.target: each for each in borrowed}
    for text in _list(host, "Binds"):
        source, target, mode = _bind(text)
        words = _words(mode)
        found[target] = MountPoint(
            kind="volume",
            target=target,
            name=named(source, None),
            mode=mode or "z",
            writable="ro" not in words,
            copy_up="nocopy" not in words,
            anonymous=not source,
        )
    for given in _list(host, "Mounts"):
        kind, target = _mount(given)
        writable = not given.get("ReadOnly")
        if kind == "tmpfs":
            found[target] = MountPoint(kind="tmpfs", target=target, writable=writable)
            continue
        source, options = str(given.get("Source") or ""), given.get("VolumeOptions") or {}
        found[target] = MountPoint(
            kind="volume",
            target=target,
            name=named(source, options.get("Labels")),
            mode="z",
            writable=writable,
            copy_up=not options.get("NoCopy"),
            anonymous=not source,
        )
    for target in config.get("Volumes") or {}:
        clean = normpath("/" + target.lstrip("/"))
        if clean not in found and clean != "/" and clean not in _tmpfs(host):
            found[clean] = MountPoint(kind="volume", target=clean, name=named("", None), anonymous=True)
    return tuple(found.values())


def tmpfs(host: Mapping[str, Any]) -> tuple[str, ...]:
    """`--tmpfs`, which Docker does not list under Mounts."""
    return tuple(_tmpfs(host))


def _tmpfs(host: Mapping[str, Any]) -> list[str]:
    return [normpath(each) for each in host.get("Tmpfs") or {}]


def _bind(text: Any) -> tuple[str, str, str]:
    """Source ("" for an anonymous volume), target, mode."""
    parts = str(text).split(":")
    if len(parts) > 3 or any(not part for part in parts[:2]):
        raise Refused(500, f"invalid volume specification: '{text}'")
    source, target, mode = "", parts[0], ""
    if len(parts) > 1:
        source, target = parts[:2]
    if len(parts) == 3:
        mode = parts[2]
    if not target.startswith("/"):
        raise Refused(
            500,
            f"invalid volume specification: '{text}': invalid mount config for type \"volume\": "
            f"invalid mount path: '{target}' mount path must be absolute",
        )
    if normpath(target) == "/":
        raise Refused(
            500,
            f"invalid volume specification: '{text}': invalid mount config for type "
            f'"{"bind" if source.startswith("/") else "volume"}": '
            "invalid specification: destination can't be '/'",
        )
    return source, normpath(target), mode


def _words(mode: str) -> list[str]:
    words = mode.split(",")
    if not set(words) <= _MODES or {"ro", "rw"} <= set(words):
        raise Refused(500, f"invalid mode: {mode}")
    return words


def _mount(given: Any) -> tuple[str, str]:
    """Kind and target of one of HostConfig.Mounts."""
    if not isinstance(given, Mapping):
        raise Refused(400, "invalid JSON: Mounts must be a list of objects")
    kind, target = str(given.get("Type") or ""), str(given.get("Target") or "")
    said = f'invalid mount config for type "{kind}": '
    if kind == "bind":
        raise Refused(400, _BIND.format(source=given.get("Source") or "", target=target))
    if kind not in ("volume", "tmpfs"):
        raise Refused(400, f"{said}mount type unknown")
    if not target:
        raise Refused(400, f"{said}field Target must not be empty")
    if not target.startswith("/"):
        raise Refused(400, f"{said}invalid mount path: '{target}' mount path must be absolute")
    if normpath(target) == "/":
        raise Refused(400, f"{said}invalid specification: destination can't be '/'")
    return kind, normpath(target)


def _absolute(target: str) -> str:
    if not target.startswith("/"):
        raise Refused(400, f"invalid mount path: '{target}' mount path must be absolute")
    return normpath(target)


def _once(seen: set[str], target: str) -> None:
    if target in seen:
        raise Refused(400, f"Duplicate mount point: {target}")
    seen.add(target)


def _list(host: Mapping[str, Any], key: str) -> list[Any]:
    value = host.get(key) or []
    if not isinstance(value, list):
        raise Refused(400, f"invalid JSON: {key} must be a list")
    return value
