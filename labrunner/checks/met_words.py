"""What to say of each field of each kind of check that holds: the end of a sentence about the thing, or, with a
point, a sentence of its own."""

from collections.abc import Callable, Mapping

from labrunner.checks.event_words import reported
from labrunner.checks.finding import Finding
from labrunner.checks.ports import Publication
from labrunner.checks.telling import Words, quoted, thing
from labrunner.checks.topics import asked_words

_CHANGED = {"A": "added", "C": "changed", "D": "deleted"}


def _publishes(finding: Finding) -> str:
    port = Publication.read(finding.expected)
    if port.host is None:
        return f"publishes its port {port.container}"
    return f"publishes port {port.host} to its port {port.container}"


def _contains(finding: Finding) -> str:
    return f"contains {quoted(finding.expected)}"


def _changes(finding: Finding) -> str:
    kind, _, path = finding.expected.partition(" ")
    return f"has {_CHANGED.get(kind, kind)} {path}"


def _counted(noun: str) -> Callable[[Finding], str]:
    return lambda finding: f"has {finding.found} {noun}{'' if finding.found == '1' else 's'}"


def _carried(noun: str) -> Callable[[Finding], str]:
    """What the engine has; with a label, what carries it."""
    counted = _counted(noun)
    return lambda finding: (
        counted(finding) if finding.subject == "engine" else f"is on {counted(finding)[4:]}"
    )


def _form(finding: Finding) -> str:
    return f"has its {finding.field.partition('.')[2]} in {finding.expected} form"


def _state(finding: Finding) -> str:
    states = {"running": "is running", "exited": "has exited", "created": "is created", "paused": "is paused"}
    return states.get(finding.expected, "is gone")


def _logged_in(finding: Finding) -> str:
    return f"You are {finding.expected} to {thing(finding)}."


def _asked(finding: Finding) -> str:
    return f"The engine was asked for {asked_words(finding.expected)}."


MET: Mapping[str, Words] = {
    "image.name": "is on the engine",
    "image.exists": "is not on the engine",
    "image.same_image_as": "is the same image as {expected}",
    "image.other_image_than": "is another image than {expected}",
    "image.shares_layers_with": "is built on the layers of {expected}",
    "image.shared_layers": "shares the {found} lowest of its layers",
    "image.new_layers": _counted("new layer"),
    "image.same_layers_as": "has the same layers as {expected}",
    "image.layers": _counted("layer"),
    "image.size": "is {found} on disk",
    "image.smaller_than": "is {found}, smaller than {expected}",
    "image.larger_than": "is {found}, larger than {expected}",
    "image.digest": "has the digest {expected}",
    "image.dangling": ("has a name", "has no name left"),
    "image.history": "was made with `{found}`",
    "image.contains_file.path": "holds the file {expected}",
    "image.contains_file.exists": "does not hold {expected}",
    "image.contains_file.text": _contains,
    "image.config.cmd": "has the CMD {found}",
    "image.config.entrypoint": "has the ENTRYPOINT {found}",
    "image.config.env": "has the variable {found}",
    "image.config.ports": "documents port {expected}",
    "image.config.workdir": "works in {expected}",
    "image.config.user": "runs as {expected}",
    "image.config.labels": "has the label {found}",
    "image.config.healthcheck": "has the health check {found}",
    "image.config.stopsignal": "is stopped with {expected}",
    "image.config.form": "has its command in {expected} form",
    "container.name": "is there",
    "container.of": "was made from {expected}",
    "container.label": "has the label {found}",
    "container.state": _state,
    "container.exit_status": "ended with exit status {found}",
    "container.publishes": _publishes,
    "container.health": "is {expected}",
    "container.env": "has the variable {found}",
    "container.mounts": "mounts {expected}",
    "container.init": "was run {expected}",
    "container.changes": _changes,
    "container.error": "could not start: {found}",
    "container.logs": "has printed “{found}”",
    "container.count": "fits {found} times",
    "asked.about": _asked,
    "command.like": "has been run",
    "command.exit_status": "ended with exit status {found}",
    "command.output": "printed what was expected",
    "file.path": "is in the workspace",
    "file.exists": "is gone",
    "file.contains": _contains,
    "file.equals_file": "is equal to {expected}",
    "dockerfile.path": "can be read",
    "dockerfile.from": "is built on {found}",
    "dockerfile.has": "has `{found}`",
    "dockerfile.lacks": "has no `{expected}`",
    "dockerfile.order": "has {expected}",
    "dockerfile.form": _form,
    "dockerfile.stages": _counted("stage"),
    "http.url": "answers",
    "http.status": "answers with status {found}",
    "http.contains": "shows {expected}",
    "http.header": "has the header {found}",
    "registry.name": "is in the registry",
    "registry.exists": "is not in the registry",
    "registry.tags": "has the tag {expected}",
    "registry.same_digest_as": "is the same image as {expected}",
    "registry.other_digest_than": "is another image than {expected}",
    "engine.dangling_images": _carried("dangling image"),
    "engine.stopped_containers": _carried("stopped container"),
    "login.logged_in": _logged_in,
    "engine.images": _carried("image"),
    "answer.of": "{found} is right.",
    "answer.number": "{found} is right.",
    "answer.size": "{found} is right.",
    "answer.text": "{found} is right.",
    "event.action": reported,
}
