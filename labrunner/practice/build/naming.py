"""Names of stages: which one is meant, and which one may have been."""

from collections.abc import Iterable

from labrunner.dockerfile import Dockerfile, Stage
from labrunner.practice.build.failure import BuildFailure

_CLOSE = 3


def target(dockerfile: Dockerfile, wanted: str, *, hints: bool) -> int:
    """The place of the stage to build, the last where none is asked for; raises `BuildFailure`."""
    if not wanted:
        return len(dockerfile.stages) - 1
    for place, stage in reversed(list(enumerate(dockerfile.stages))):
        if stage.name == wanted.lower():
            return place
    message = f'target stage "{wanted}" could not be found'
    meant = suggestion(wanted, [stage.name for stage in dockerfile.stages if stage.name]) if hints else ""
    raise BuildFailure(message + (f" (did you mean {meant}?)" if meant else ""))


def called(stage: Stage, place: int) -> str:
    """`build`, or `stage-1` for one without a name."""
    return stage.name or f"stage-{place}"


def suggestion(text: str, known: Iterable[str]) -> str:
    """The nearest of the known words, if it is near."""
    best, least = "", _CLOSE
    for each in known:
        if each == text:
            return ""
        distance = _distance(text.lower(), each.lower())
        if distance < least:
            best, least = each, distance
    return best


def _distance(one: str, other: str) -> int:
    """Of Levenshtein; long texts are not near."""
    if abs(len(one) - len(other)) >= _CLOSE or len(one) > 200:
        return _CLOSE
    row = list(range(len(other) + 1))
    for n, letter in enumerate(one, 1):
        before, row = row, [n]
        for m, against in enumerate(other, 1):
            row.append(min(before[m] + 1, row[m - 1] + 1, before[m - 1] + (letter != against)))
    return row[-1]
