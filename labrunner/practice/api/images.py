"""`docker images`, `inspect`, `history`, `tag`, `rmi` and `image prune`."""

from collections import Counter
from collections.abc import Iterable, Mapping

from labrunner.practice.api import glob, shapes
from labrunner.practice.api.filters import Filters
from labrunner.practice.api.message import Request
from labrunner.practice.api.reply import Answer, Reply, told
from labrunner.practice.daemon import Daemon
from labrunner.practice.images.image import Image
from labrunner.practice.refusal import Refused
from labrunner.reference import InvalidReference, Reference, parse

_LIST_FILTERS = ("dangling", "label", "label!", "before", "since", "reference", "until")
_PRUNE_FILTERS = ("dangling", "label", "label!", "until")


async def listing(daemon: Daemon, request: Request) -> Reply:
    filters = request.query.filters(*_LIST_FILTERS)
    shared = shared_sizes(daemon) if request.query.truth("shared-size") else None
    counts = container_counts(daemon) if request.version >= (1, 43) else None
    rows = []
    for image, tags, digests in chosen(daemon, filters, everything=request.query.truth("all")):
        rows.append(
            shapes.summary(
                daemon.store,
                image,
                [tag.familiar for tag in tags],
                [digest.familiar for digest in digests],
                containers=-1 if counts is None else counts.get(image.id, 0),
                shared=-1 if shared is None else shared[image.id],
                version=request.version,
            )
        )
    return told(sorted(rows, key=lambda row: row["Created"], reverse=True))


def chosen(
    daemon: Daemon, filters: Filters, *, everything: bool
) -> Iterable[tuple[Image, tuple[Reference, ...], tuple[Reference, ...]]]:
    """The images that the filters let through, each with those of its names that they let through."""
    store = daemon.store
    dangling = filters.truth("dangling")
    before = _created(daemon, filters, "before")
    since = _created(daemon, filters, "since")
    until = filters.until()
    for image in store.images():
        made = shapes.seconds(image.config.get("created"))
        if (before is not None and made >= before) or (since is not None and made <= since):
            continue
        if (until is not None and made > until) or not filters.keeps(image.labels):
            continue
        tags = _named(store.names(image.id), filters)
        digests = _named(store.digests(image.id), filters)
        if not tags and not digests:
            intermediate = bool(store.children(image.id))
            if (intermediate and (dangling or not everything)) or dangling is False or "reference" in filters:
                continue
        elif dangling and tags:
            continue
        yield image, tags, digests


def _named(references: Iterable[Reference], filters: Filters) -> tuple[Reference, ...]:
    patterns = filters.values("reference")
    return tuple(r for r in references if not patterns or any(glob.matches(p, r) for p in patterns))


def _created(daemon: Daemon, filters: Filters, name: str) -> float | None:
    moments = [shapes.seconds(daemon.store.find(text).config.get("created")) for text in filters.values(name)]
    if not moments:
        return None
    return min(moments) if name == "before" else max(moments)


def container_counts(daemon: Daemon) -> Mapping[str, int]:
    return Counter(container.image_id for container in daemon.containers.all())


def shared_sizes(daemon: Daemon) -> dict[str, int]:
    """For each image, the bytes of its layers that another image has too, on the same layers below."""
    owners: dict[str, int] = {}
    images = [image for image in daemon.store.images() if not daemon.store.intermediate(image.id)]
    for image in images:
        for chain in set(image.chain):
            owners[chain] = owners.get(chain, 0) + 1
    return {
        image.id: sum(
            daemon.store.layer_size(layer)
            for layer, chain in zip(image.layers, image.chain, strict=True)
            if owners.get(chain, 0) > 1
        )
        for image in daemon.store.images()
    }


async def inspect(daemon: Daemon, request: Request) -> Reply:
    return told(shapes.inspected(daemon.store, daemon.store.find(request.name), request.version))


async def history(daemon: Daemon, request: Request) -> Reply:
    return told(shapes.history(daemon.store, daemon.store.find(request.name)))


async def tag(daemon: Daemon, request: Request) -> Reply:
    repository, name = request.query.text("repo"), request.query.text("tag")
    if not repository:
        # A tag without a repository does nothing in Docker too.
        return Answer(status=201, kind="")
    image = daemon.store.find(request.name)
    daemon.store.tag(image.id, named(repository, name))
    return Answer(status=201, kind="")


def named(repository: str, tag: str = "") -> Reference:
    """`repo` and `tag` of a query as one name; raises Docker's words for what is none."""
    try:
        reference = parse(repository)
    except InvalidReference as error:
        raise Refused(400, str(error)) from error
    if reference.digest:
        raise Refused(400, "refusing to create a tag with a digest reference")
    if not tag:
        return reference
    try:
        return parse(f"{reference.repository}:{tag}")
    except InvalidReference as error:
        raise Refused(400, "invalid tag format") from error


async def remove(daemon: Daemon, request: Request) -> Reply:
    if not request.name.strip():
        raise Refused(400, "image name cannot be blank")
    rows = daemon.store.remove(
        request.name,
        force=request.query.truth("force"),
        noprune=request.query.truth("noprune"),
        in_use=daemon.in_use,
    )
    return told(rows)


async def prune(daemon: Daemon, request: Request) -> Reply:
    filters = request.query.filters(*_PRUNE_FILTERS)
    pruned = daemon.store.prune(
        dangling=filters.truth("dangling") is not False,
        wanted=lambda image: _prunable(image, filters),
        in_use=daemon.in_use,
    )
    daemon.happenings.tell("image", "prune", "", {"reclaimed": str(pruned.reclaimed)})
    return told({"ImagesDeleted": list(pruned.records) or None, "SpaceReclaimed": pruned.reclaimed})


def _prunable(image: Image, filters: Filters) -> bool:
    until = filters.until()
    made = shapes.seconds(image.config.get("created"))
    return filters.keeps(image.labels) and (until is None or made <= until)
