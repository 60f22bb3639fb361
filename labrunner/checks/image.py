"""Whether an image is there, and whether it is the right one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from labrunner.checks.amount import Amount
from labrunner.checks.config import ConfigExpectation
from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.identity import identity_points, missing_points, name_points, removal, size_points
from labrunner.checks.inside import FileInside, history_points
from labrunner.checks.layers import layer_points
from labrunner.checks.looking import answered, called, image_named
from labrunner.checks.nearmiss import near_image
from labrunner.checks.pattern import Pattern
from labrunner.checks.point import Point, concluded, point
from labrunner.checks.verdict import Met, Unknown, Verdict
from labrunner.engine.facts import Image, ImageSummary
from labrunner.engine.protocol import FileInImage, ImageHistory, InspectImage


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCheck:
    """An image is on the engine under a name, and is what it should be.

    Names are compared as Docker reads them: `nginx` is `nginx:latest` is `docker.io/library/nginx:latest`.
    Whether the image was pulled, built, tagged or loaded does not matter; what it is does.
    """

    example: ClassVar[str] = """\
name: localhost:5001/student/nginx
same_image_as: nginx:1.31-alpine
"""

    name: str
    """The image's name; also `name@sha256:…`, or an image ID."""
    exists: bool = True
    """`false`: there must be no image of that name."""
    same_image_as: str | None = None
    """It has the same image ID as that name: two names, one image."""
    other_image_than: str | None = None
    """Its image ID differs from that name's."""
    shares_layers_with: str | None = None
    """Its layers begin with all layers of that image, as those of a built image begin with its base's."""
    shared_layers: Amount | None = None
    """With `shares_layers_with`: how many layers at the bottom are the same, instead of all of them."""
    new_layers: Amount | None = None
    """With `shares_layers_with`: how many of its layers lie above those that are the same, as after a rebuild."""
    same_layers_as: str | None = None
    """It has exactly the layers of that image (a rebuild from the cache, an image saved and loaded)."""
    layers: Amount | None = None
    """How many layers it has: `7`, `">= 2"`."""
    smaller_than: str | None = None
    """Another image's name, or a size such as `50MB`."""
    larger_than: str | None = None
    """Another image's name, or a size such as `50MB`."""
    size: Amount | None = None
    """Its size on disk: `"< 20MB"`."""
    config: ConfigExpectation | None = None
    """How it runs: `cmd`, `entrypoint`, `env`, `ports`, `workdir`, `user`, `labels`, `healthcheck`,
    `stopsignal`, `form`."""
    history: Pattern | None = None
    """What some row of its history must contain."""
    digest: str | None = None
    """`sha256:…`: the registry's digest that it was pulled or pushed with."""
    dangling: bool | None = None
    """Whether it has no name left; then `name` is an image ID."""
    contains_file: FileInside | None = None
    """A file that must be in the image (`path`, `text`, `exists: false`); the image is not started for it."""

    def __post_init__(self) -> None:
        for key, amount in (("shared_layers", self.shared_layers), ("new_layers", self.new_layers)):
            if amount is not None and self.shares_layers_with is None:
                raise ValueError(f"`{key}` counts what is shared with an image: add `shares_layers_with`.")
        if not self.exists and replace(self, exists=True) != ImageCheck(name=self.name):
            raise ValueError("`exists: false` cannot stand beside what the image should be.")

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        if not self.exists or image_named(seen, self.name) is None:
            return ()
        name = called(self.name)
        wanted: list[Probe] = []
        if self._inspects:
            wanted.append(InspectImage(name))
        for other in (self.shares_layers_with, self.same_layers_as):
            if other is not None and image_named(seen, other) is not None:
                wanted.append(InspectImage(called(other)))
        if self.history is not None:
            wanted.append(ImageHistory(name))
        if self.contains_file is not None:
            wanted.append(FileInImage(name, self.contains_file.path))
        return tuple(wanted)

    def judge(self, seen: Evidence) -> Verdict:
        image, name = image_named(seen, self.name), called(self.name)
        if not self.exists:
            remedy = removal(image, name, seen) if image else ""
            found = "present" if image else None
            return concluded((point(f"image {name}", "exists", "absent", found, image is None, remedy),))
        if image is None:
            near = near_image(
                name, seen, same_as=self.same_image_as, fits=lambda other: self._fits(other, seen)
            )
            return concluded(missing_points(name, seen, self.same_image_as), near)
        return concluded(self._points(image, name, seen))

    @property
    def _inspects(self) -> bool:
        compares = self.shares_layers_with is not None or self.same_layers_as is not None
        return compares or self.layers is not None or self.config is not None

    def _fits(self, other: str, seen: Evidence) -> bool:
        """Whether an image is all that is asked but for its name, where more than a name is asked."""
        renamed = replace(self, name=other)
        return self != ImageCheck(name=self.name) and isinstance(renamed.judge(seen), Met)

    def _points(self, image: ImageSummary, name: str, seen: Evidence) -> Iterator[Point | Unknown]:
        yield point(f"image {name}", "name", name, name, True)
        yield from identity_points(
            image, name, seen, same_as=self.same_image_as, other_than=self.other_image_than
        )
        yield from size_points(
            image, name, seen, size=self.size, smaller=self.smaller_than, larger=self.larger_than
        )
        yield from name_points(image, name, digest=self.digest, dangling=self.dangling)
        if self._inspects:
            inspected = answered(seen, InspectImage(name), Image)
            if isinstance(inspected, Image):
                yield from layer_points(
                    inspected,
                    name,
                    seen,
                    count=self.layers,
                    begins_with=self.shares_layers_with,
                    shared=self.shared_layers,
                    new=self.new_layers,
                    equals=self.same_layers_as,
                )
                if self.config is not None:
                    yield from self.config.points(inspected.config, f"image {name}")
            else:
                yield inspected or Unknown(f"{name} is gone.")
        if self.history is not None:
            yield from history_points(self.history, name, seen)
        if self.contains_file is not None:
            yield from self.contains_file.points(name, seen)
