"""Answers that are computed from the engine, so that a question stays right whatever version was pulled."""

from dataclasses import dataclass
from typing import Literal

from labrunner.checks.amount import size_text
from labrunner.checks.census import Group, count_containers, count_images, tags
from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.layers import shared_layers
from labrunner.checks.looking import answered, called, image_named
from labrunner.checks.values import USAGE_VALUES, VALUES, look_up
from labrunner.checks.verdict import Unknown
from labrunner.engine.facts import DiskUsage, EngineFacts, HistoryEntry, Image, ImageSummary, Usage
from labrunner.engine.protocol import DescribeEngine, ImageHistory, InspectImage, MeasureDisk


@dataclass(frozen=True, slots=True)
class Right:
    """The right answer."""

    kind: Literal["number", "size", "text"]
    number: float = 0.0
    texts: tuple[str, ...] = ()
    """Each of them is right."""
    whole: tuple[str, ...] = ()
    """A list whose members may come in any order."""

    def __str__(self) -> str:
        if self.kind == "size":
            return size_text(self.number)
        return self.texts[0] if self.texts else f"{self.number:g}"


@dataclass(frozen=True, slots=True)
class Gone:
    """What is asked about is not on the engine."""

    image: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """An answer that is read from the engine, so that it is right whatever version was pulled.

    Of one image: `{image: nginx, count: layers}`, `{image: nginx, value: config.workdir}`. Of many:
    `{images: tagged}`, `{containers: running}`. Of the engine itself: `{engine: kernel}`, `{disk: images, value:
    reclaimable}`.
    """

    image: str | None = None
    """The image that is asked about."""
    count: Literal["layers", "history", "shared_layers", "names"] | None = None
    """Of `image`: its layers, the rows of its history, the layers at the bottom that it shares with the image
    `with`, or its names."""
    larger_than: int | None = None
    """With `count: history`: only rows of more bytes than this; `0` leaves out the rows that hold no
    files."""
    with_: str | None = None
    """With `count: shared_layers`: the other image."""
    value: str | None = None
    """Of `image`: `size`, `id`, `digest`, `os`, `architecture`, `config.cmd`, `config.entrypoint`,
    `config.ports`, `config.workdir`, `config.user`, `config.stopsignal`, `config.env.NAME`,
    `config.labels.NAME`; `shared_size` and `unique_size`, as `docker system df --verbose` tells them. Of `disk`:
    `total`, `active`, `size`, `reclaimable`."""
    divided_by: str | None = None
    """With `value: size`: how many times larger it is than that image."""
    images: Group | None = None
    """How many images there are: each once (`all`), each once that has a name (`tagged`), each name once
    (`names`: the rows of `docker image ls`), those without a name, those with and without a container."""
    containers: Literal["all", "running", "stopped"] | None = None
    """How many containers there are."""
    named: str | None = None
    """With `images` or `containers`: only those with a name like this; `nginx:*` for all tags of nginx."""
    label: str | None = None
    """With `images` or `containers`: only those that carry it (`key`, or `key=value`)."""
    engine: Literal["kernel", "version"] | None = None
    """What the engine says of itself: the `kernel` on which all its containers run, or its `version`."""
    disk: Literal["images", "containers", "volumes", "build_cache"] | None = None
    """A row of `docker system df`; `value` names the column."""

    def __post_init__(self) -> None:
        subjects = [self.image, self.images, self.containers, self.engine, self.disk]
        if sum(subject is not None for subject in subjects) != 1:
            raise ValueError("`of` names one subject: `image`, `images`, `containers`, `engine` or `disk`.")
        if [self.count, self.value].count(None) != (2 if self.image is self.disk is None else 1):
            raise ValueError(
                "With `image`, and only then, say what of it: `count` or `value`; `value` with `disk`."
            )
        known = VALUES if self.disk is None else USAGE_VALUES
        if (
            self.value is not None
            and self.value not in known
            and (self.disk is not None or not self.value.startswith(("config.env.", "config.labels.")))
        ):
            raise ValueError(f"`value: {self.value}` is not known; it is one of {', '.join(known)}.")
        if self.disk is not None and self.value is None:
            raise ValueError("With `disk`, `value` names the column.")
        if (self.count == "shared_layers") != (self.with_ is not None):
            raise ValueError("`count: shared_layers` and `with` belong together.")
        if self.divided_by is not None and self.value != "size":
            raise ValueError("`divided_by` goes with `value: size`.")
        if self.larger_than is not None and self.count != "history":
            raise ValueError("`larger_than` goes with `count: history`.")
        if self.images is None and self.containers is None and (self.named, self.label) != (None, None):
            raise ValueError("`named` and `label` go with `images` or `containers`.")

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        if self.engine is not None:
            return (DescribeEngine(),)
        if self.disk is not None:
            return (MeasureDisk(),)
        if self.image is None or image_named(seen, self.image) is None:
            return ()
        if self.value in ("shared_size", "unique_size"):
            return (MeasureDisk(),)
        inspect = InspectImage(called(self.image))
        if self.count == "history":
            return (ImageHistory(called(self.image)),)
        if self.with_ is not None:
            return (inspect, InspectImage(called(self.with_))) if image_named(seen, self.with_) else ()
        if self.count == "layers" or self.value not in (None, "size", "id", "digest"):
            return (inspect,)
        return ()

    def right(self, seen: Evidence) -> Right | Gone | Unknown:
        if self.engine is not None:
            return _told(self.engine, seen)
        if self.disk is not None:
            return _used(self.disk, self.value or "", seen)
        if self.images is not None:
            return Right("number", count_images(seen, self.images, named=self.named, label=self.label))
        if self.containers is not None:
            running = {"running": True, "stopped": False}.get(self.containers)
            return Right("number", count_containers(seen, running, named=self.named, label=self.label))
        for name in (self.image, self.with_, self.divided_by):
            if name is not None and image_named(seen, name) is None:
                return Gone(called(name))
        summary = image_named(seen, self.image or "")
        if summary is None:
            return Gone(called(self.image or ""))
        if self.count is None:
            return self._value(summary, seen)
        count = self._count(summary, seen)
        return count if isinstance(count, Unknown) else Right("number", count)

    def beside(self, seen: Evidence) -> tuple[int, ...]:
        """What stands in the other columns of a row of `docker system df` where one of them is asked for."""
        usage = seen.answers.get(MeasureDisk())
        if not isinstance(usage, DiskUsage):
            return ()
        if self.disk is not None:
            row: Usage = getattr(usage, self.disk)
            return tuple(getattr(row, column) for column in USAGE_VALUES if column != self.value)
        summary = image_named(seen, self.image or "")
        share = usage.shares.get(summary.id) if summary else None
        if share is None:
            return ()
        other = share.size - share.shared if self.value == "shared_size" else share.shared
        return (share.size, other)

    def _count(self, summary: ImageSummary, seen: Evidence) -> int | Unknown:
        name = called(self.image or "")
        if self.count == "names":
            return len(tags(summary.names))
        if self.count == "history":
            rows = answered(seen, ImageHistory(name), tuple)
            if not isinstance(rows, tuple):
                return rows or Unknown(f"{name} is gone.")
            least = -1 if self.larger_than is None else self.larger_than
            return sum(isinstance(row, HistoryEntry) and row.size > least for row in rows)
        image = answered(seen, InspectImage(name), Image)
        if not isinstance(image, Image):
            return image or Unknown(f"{name} is gone.")
        if self.with_ is None:
            return len(image.layers)
        other = answered(seen, InspectImage(called(self.with_)), Image)
        if not isinstance(other, Image):
            return other or Unknown(f"{self.with_} is gone.")
        return shared_layers(image.layers, other.layers)

    def _value(self, summary: ImageSummary, seen: Evidence) -> Right | Unknown:
        match self.value:
            case "size" if self.divided_by is not None:
                other = image_named(seen, self.divided_by)
                return Right("number", summary.size / max(other.size if other else 0, 1))
            case "size":
                return Right("size", summary.size)
            case "shared_size" | "unique_size":
                return _share(summary, self.value, seen)
            case "id":
                return Right("text", texts=(summary.id,))
            case "digest":
                return Right(
                    "text", texts=tuple(each.rpartition("@")[2] for each in summary.digests) or ("",)
                )
            case value:
                image = answered(seen, InspectImage(called(self.image or "")), Image)
                if not isinstance(image, Image):
                    return image or Unknown(f"{self.image} is gone.")
                texts, whole = look_up(image, value or "")
                return Right("text", texts=texts, whole=whole)


def _told(wanted: Literal["kernel", "version"], seen: Evidence) -> Right | Unknown:
    """A version also without what its packager added: `28.5.2` of `28.5.2+dfsg4`."""
    facts = answered(seen, DescribeEngine(), EngineFacts)
    if not isinstance(facts, EngineFacts):
        return facts or Unknown("The engine says nothing about itself.")
    text = facts.kernel if wanted == "kernel" else facts.version
    texts = (text,) if wanted == "kernel" else (text, text.partition("+")[0])
    return Right("text", texts=texts) if text else Unknown(f"The engine does not tell its {wanted}.")


def _used(row: str, column: str, seen: Evidence) -> Right | Unknown:
    usage = answered(seen, MeasureDisk(), DiskUsage)
    if not isinstance(usage, DiskUsage):
        return usage or Unknown("The engine does not tell what it uses of the disk.")
    told: Usage = getattr(usage, row)
    return Right("number" if column in ("total", "active") else "size", getattr(told, column))


def _share(summary: ImageSummary, value: str, seen: Evidence) -> Right | Unknown:
    usage = answered(seen, MeasureDisk(), DiskUsage)
    share = usage.shares.get(summary.id) if isinstance(usage, DiskUsage) else None
    if share is None:
        told = usage if isinstance(usage, Unknown) else None
        return told or Unknown("The engine does not tell what its images share.")
    return Right("size", share.shared if value == "shared_size" else share.size - share.shared)
