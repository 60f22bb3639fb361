"""Wrong answers that are right answers to another question, so that a learner can be told which."""

from labrunner.checks.computed import Computed, Right
from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.looking import answered, called, image_named
from labrunner.checks.reply import number_in, size_in
from labrunner.engine.protocol import ImageHistory

_INSPECT = "docker image inspect --format '{{%s}}' %s"
_FIELDS = {
    "os": ".Os",
    "architecture": ".Architecture",
    "config.cmd": "json .Config.Cmd",
    "config.entrypoint": "json .Config.Entrypoint",
    "config.ports": "json .Config.ExposedPorts",
    "config.workdir": ".Config.WorkingDir",
    "config.user": ".Config.User",
    "config.stopsignal": ".Config.StopSignal",
}


def confusion_probes(asked: Computed, seen: Evidence) -> tuple[Probe, ...]:
    """What has to be known to say what was mixed up."""
    if asked.count == "layers" and asked.image is not None and image_named(seen, asked.image) is not None:
        return (ImageHistory(called(asked.image)),)
    return ()


def confusion(asked: Computed, seen: Evidence, reply: str, right: Right) -> str:
    """What was answered instead, "" where that is not known.

    `unread`: no number at all; `unit`: a size without its unit; `rows`: the rows of the history instead of the
    layers; `all_rows`: all rows of the history instead of some; `names`: names instead of images; `header`: the
    head of the list counted as well; `column`: another column of the same row of `docker system df`.
    """
    if right.kind == "text":
        return ""
    figure = size_in(reply) if right.kind == "size" else number_in(reply)
    if figure is None:
        return "unread"
    number = figure.number
    if any(abs(number - other) <= figure.slack for other in asked.beside(seen)):
        return "column"
    if right.kind == "size":
        scales = (1e3, 1e6, 1e9, 1024.0, 1024.0**2, 1024.0**3)
        bare = not figure.unit and any(
            abs(number * each - right.number) < 0.02 * right.number for each in scales
        )
        return "unit" if bare else ""
    if asked.count in ("layers", "history") and asked.image is not None:
        rows = answered(seen, ImageHistory(called(asked.image)), tuple)
        key = "rows" if asked.count == "layers" else "all_rows"
        return key if isinstance(rows, tuple) and number == len(rows) else ""
    if asked.images is not None:
        names = sum(len(image.names) or 1 for image in seen.docker.images)
        if asked.images != "names" and number == names:
            return "names"
        return "header" if number == right.number + 1 else ""
    return ""


def how_to_see(asked: Computed) -> str:
    """The command that shows the right answer; looking is the learner's part."""
    image = asked.image or ""
    if asked.engine is not None:
        return "docker info --format '{{.KernelVersion}}'" if asked.engine == "kernel" else "docker version"
    if asked.disk is not None:
        return "docker system df"
    if asked.value in ("shared_size", "unique_size"):
        return "docker system df --verbose"
    if asked.images is not None:
        return "docker image ls --filter dangling=true" if asked.images == "dangling" else "docker image ls"
    if asked.containers is not None:
        return "docker container ls --all"
    match asked.count, asked.value:
        case (("layers" | "shared_layers"), _):
            return _INSPECT % ("json .RootFS.Layers", image)
        case "history", _:
            return f"docker image history {image}"
        case _, "id":
            return f"docker image ls --no-trunc {image}"
        case _, "digest":
            return f"docker image ls --digests {image}"
        case _, value if value in _FIELDS:
            return _INSPECT % (_FIELDS[value], image)
        case _, str() as value if value.startswith("config."):
            return _INSPECT % ("json .Config", image)
        case _:
            return f"docker image ls {image}"
