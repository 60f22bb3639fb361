"""The layers of two images compared: what a build keeps of its base, and what a rebuild keeps of the last
one."""

from collections.abc import Iterator

from labrunner.checks.amount import Amount
from labrunner.checks.evidence import Evidence
from labrunner.checks.looking import answered, called, image_named
from labrunner.checks.point import Point, point
from labrunner.checks.verdict import Unknown
from labrunner.engine.facts import Image
from labrunner.engine.protocol import InspectImage


def layer_points(
    image: Image,
    name: str,
    seen: Evidence,
    *,
    count: Amount | None,
    begins_with: str | None,
    shared: Amount | None,
    new: Amount | None = None,
    equals: str | None,
) -> Iterator[Point | Unknown]:
    """`begins_with` and `equals` name other images; instead of having all layers of the one, `shared` is how many
    they have in common at the bottom, and `new` how many lie above those."""
    subject, layers = f"image {name}", image.layers
    if count is not None:
        yield point(subject, "layers", str(count), str(len(layers)), count.holds(len(layers)))
    for field, other_name in (("shares_layers_with", begins_with), ("same_layers_as", equals)):
        if other_name is None:
            continue
        shown = called(other_name)
        if image_named(seen, other_name) is None:
            yield point(subject, field, shown, None, False)
            continue
        other = answered(seen, InspectImage(shown), Image)
        if not isinstance(other, Image):
            yield other or Unknown(f"{shown} is gone.")
            continue
        common = shared_layers(layers, other.layers)
        found = f"{common} of {len(other.layers)}"
        if field == "same_layers_as":
            yield point(subject, field, shown, found, layers == other.layers)
        elif shared is None and new is None:
            yield point(subject, field, shown, found, common == len(other.layers) > 0)
        elif shared is not None:
            yield point(subject, "shared_layers", str(shared), str(common), shared.holds(common))
        if field == "shares_layers_with" and new is not None:
            own = len(layers) - common
            yield point(subject, "new_layers", str(new), str(own), new.holds(own))


def shared_layers(ours: tuple[str, ...], theirs: tuple[str, ...]) -> int:
    """How many layers at the bottom are the same."""
    count = 0
    for mine, other in zip(ours, theirs, strict=False):
        if mine != other:
            break
        count += 1
    return count
