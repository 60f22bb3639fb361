"""What is nearly right: the object that fits all but one field, told with what would mend it."""

from collections.abc import Callable, Iterable

from labrunner.checks.evidence import Evidence
from labrunner.checks.finding import Finding, NearMiss
from labrunner.checks.looking import called, image_named

_SLIP = 0.8
"""How much two names have in common (1 is all) where one is taken for a slip of the other."""
_KIN = 0.6
"""The same for two names of one image."""


def near_image(
    name: str, seen: Evidence, *, same_as: str | None, fits: Callable[[str], bool]
) -> NearMiss | None:
    """What was meant for an image that is not there, if it can be told.

    Of a second name for an image (`same_as`): a tag whose two names were swapped, or another second name much
    like it. Otherwise: an image that `fits` all but the name; the same repository with another tag; a name that
    is spelled nearly the same.
    """
    if same_as is not None:
        return _swapped_tag(name, called(same_as), seen) or _other_name(name, same_as, seen)
    names = [each for image in seen.docker.images for each in image.names]
    repository = name.rpartition(":")[0]
    fitting = [each for each in names if fits(each)]
    kin = [each for each in names if each.rpartition(":")[0] == repository]
    for candidates, least in ((fitting, 0.0), (kin, 0.0), (names, _SLIP)):
        closest = most_alike(name, candidates, least)
        if closest is not None:
            return _wrong_name(name, closest, certain=closest in fitting)
    return None


def near_container(name: str, others: Iterable[str], *, fits: Callable[[str], bool]) -> NearMiss | None:
    """A container that `fits` all but the name, or whose name is spelled nearly the same."""
    names = tuple(others)
    fitting = [each for each in names if fits(each)]
    closest = most_alike(name, fitting, 0.0) or most_alike(name, names, _SLIP)
    if closest is None:
        return None
    remedy = f"docker container rename {closest} {name}" if closest in fitting else ""
    subject = f"container {closest}"
    finding = Finding(field="name", expected=name, found=closest, subject=subject, remedy=remedy)
    return NearMiss(subject=subject, finding=finding)


def most_alike(name: str, candidates: Iterable[str], least: float) -> str | None:
    """The candidate that has most in common with a name, if it has at least that much (0 to 1)."""
    from difflib import SequenceMatcher  # 3 ms, and only where something is missing

    matcher = SequenceMatcher(b=name)
    best, best_ratio = None, least
    for candidate in candidates:
        matcher.set_seq1(candidate)
        ratio = matcher.ratio()
        if candidate != name and (ratio > best_ratio or (best is None and ratio >= least)):
            best, best_ratio = candidate, ratio
    return best


def _swapped_tag(name: str, source: str, seen: Evidence) -> NearMiss | None:
    from labrunner.checks.dockercommand import docker_commands  # 6 ms, and only where an image is missing

    for command in reversed(seen.commands):
        tags = [docker for docker in docker_commands(command.text) if docker.path == ("image", "tag")]
        if not tags:
            continue
        # What was typed before this one has been thought better of.
        if not any(docker.arguments == (name, source) for docker in tags):
            return None
        typed = command.text.strip()
        right = f"docker image tag {source} {name}"
        subject = f"command {typed}"
        finding = Finding(field="tag_order", expected=right, found=typed, subject=subject, remedy=right)
        return NearMiss(subject=subject, finding=finding)
    return None


def _other_name(name: str, same_as: str, seen: Evidence) -> NearMiss | None:
    source = image_named(seen, same_as)
    if source is None:
        return None
    closest = most_alike(name, (each for each in source.names if each != called(same_as)), _KIN)
    return None if closest is None else _wrong_name(name, closest, certain=True)


def _wrong_name(name: str, found: str, *, certain: bool) -> NearMiss:
    remedy = f"docker image tag {found} {name}" if certain else ""
    subject = f"image {found}"
    finding = Finding(field="name", expected=name, found=found, subject=subject, remedy=remedy)
    return NearMiss(subject=subject, finding=finding)
