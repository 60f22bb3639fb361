"""Which image a name stands for, as far as one look at the engine shows: its ID, names, digests and size."""

from collections.abc import Iterator

from labrunner.checks.amount import Amount, read_size, size_text
from labrunner.checks.evidence import Evidence
from labrunner.checks.looking import called, image_named, short
from labrunner.checks.point import Point, point
from labrunner.engine.facts import ImageSummary


def identity_points(
    image: ImageSummary, name: str, seen: Evidence, *, same_as: str | None, other_than: str | None
) -> Iterator[Point]:
    """Whether two names stand for one image, or for two. `found` is the image that the name stands for."""
    subject = f"image {name}"
    stands_for = next((each for each in image.names if each != name), short(image.id))
    if same_as is not None:
        other, shown = image_named(seen, same_as), called(same_as)
        same = other is not None and other.id == image.id
        found = shown if same else stands_for
        mend = f"docker image tag {shown} {name}"
        yield point(subject, "same_image_as", shown, found if other else None, same, mend if other else "")
    if other_than is not None:
        other, shown = image_named(seen, other_than), called(other_than)
        differs = other is not None and other.id != image.id
        found = stands_for if differs else shown
        yield point(subject, "other_image_than", shown, found if other else None, differs)


def size_points(
    image: ImageSummary,
    name: str,
    seen: Evidence,
    *,
    size: Amount | None,
    smaller: str | None,
    larger: str | None,
) -> Iterator[Point]:
    """Sizes on disk as the engine counts them, against a size or another image."""
    subject, found = f"image {name}", size_text(image.size)
    if size is not None:
        yield point(subject, "size", str(size), found, size.holds(image.size))
    for field, bound, sign in (("smaller_than", smaller, -1), ("larger_than", larger, 1)):
        if bound is None:
            continue
        limit = read_size(bound)
        if limit is not None:
            yield point(subject, field, bound, found, (image.size - limit.number) * sign > 0)
            continue
        other, shown = image_named(seen, bound), called(bound)
        if other is None:
            yield point(subject, field, shown, None, False)
        else:
            expected = f"{shown} ({size_text(other.size)})"
            yield point(subject, field, expected, found, (image.size - other.size) * sign > 0)


def name_points(
    image: ImageSummary, name: str, *, digest: str | None, dangling: bool | None
) -> Iterator[Point]:
    subject = f"image {name}"
    if digest is not None:
        digests = tuple(dict.fromkeys(each.rpartition("@")[2] for each in image.digests))
        yield point(subject, "digest", digest, ", ".join(digests), digest in digests)
    if dangling is not None:
        expected = "no name" if dangling else "a name"
        yield point(subject, "dangling", expected, ", ".join(image.names), image.dangling == dangling)


def missing_points(name: str, seen: Evidence, same_as: str | None) -> Iterator[Point]:
    """There is no image of that name; where it should be a second name of an image that is there, a tag mends
    it."""
    source = None if same_as is None else image_named(seen, same_as)
    mend = f"docker image tag {called(same_as)} {name}" if same_as and source else ""
    yield point(f"image {name}", "name", name, None, False, mend)
    if same_as is not None and source is None:
        yield point(f"image {name}", "same_image_as", called(same_as), None, False)


def removal(image: ImageSummary, name: str, seen: Evidence) -> str:
    """The command that takes the name away; containers of the image stand in the way of its last name."""
    users = [each.name for each in seen.docker.containers if each.image_id == image.id]
    remove = f"docker image rm {name}"
    if users and len(image.names) < 2:
        return f"docker container rm --force {' '.join(users)} && {remove}"
    return remove
