"""`docker rmi` and `docker image prune`: what may go, what must stay, and how Docker says so.

An image that others need cannot be forced away (a child, a running container); one that is only named elsewhere,
or lies under a stopped container, can.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from labrunner.practice.images.image import Image
from labrunner.practice.images.image_shelf import ImageShelf
from labrunner.practice.images.lookup import find, is_id_of
from labrunner.practice.refusal import Refused
from labrunner.reference import Reference, parse

Records = list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """A container that was made from an image."""

    container: str
    running: bool
    by_name: str = ""
    """The image's name as the container was made with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    records: Sequence[dict[str, str]]
    reclaimed: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conflict:
    message: str
    hard: bool = False
    """Not even force helps."""
    used: bool = False
    """By a container."""


@dataclass(frozen=True, slots=True)
class _Removal:
    """One `rmi`, with what it did so far."""

    store: ImageShelf
    in_use: Callable[[str], Iterable[InUse]]
    noprune: bool
    records: Records

    def untag(self, name: Reference) -> None:
        self.store.untag(name)
        self.records.append({"Untagged": name.familiar})

    def delete(self, image: Image, *, force: bool, quiet: bool) -> None:
        """Delete an image with its names, then what it was made from as far as nobody else needs that."""
        below = self._delete(image, force=force, quiet=quiet)
        while below is not None and not self.noprune:
            below = self._delete(below, force=False, quiet=True)

    def _delete(self, image: Image, *, force: bool, quiet: bool) -> Image | None:
        """The image that it was made from; None where it stays itself."""
        conflict = self.conflict(image, force=force)
        if conflict is not None:
            if quiet and (not self._dangling(image) or conflict.used):
                return None
            raise refusal(image, conflict)
        parent = self.store.parent(image.id)
        for name in self.store.references_of(image.id):
            self.untag(name)
        chain_ids = self.store.forget(image)
        self.records.append({"Deleted": image.id})
        self.records.extend({"Deleted": chain_id} for chain_id in chain_ids)
        return self.store.image(parent)

    def conflict(self, image: Image, *, force: bool, named: bool = True) -> _Conflict | None:
        """The first reason not to; `named` asks for other names as well."""
        if self.store.children(image.id):
            return _Conflict(message="image has dependent child images", hard=True)
        uses = tuple(self.in_use(image.id))
        for use in uses:
            if use.running:
                message = f"image is being used by running container {use.container[:12]}"
                return _Conflict(message=message, hard=True, used=True)
        if force:
            return None
        if named and self.store.references_of(image.id):
            return _Conflict(message="image is referenced in multiple repositories")
        if uses:
            message = f"image is being used by stopped container {uses[0].container[:12]}"
            return _Conflict(message=message, used=True)
        return None

    def _dangling(self, image: Image) -> bool:
        return not self.store.references_of(image.id) and not self.store.children(image.id)


def remove(
    store: ImageShelf, text: str, *, force: bool, noprune: bool, in_use: Callable[[str], Iterable[InUse]]
) -> Records:
    image = find(store, text)
    removal = _Removal(store, in_use, noprune, [])
    names = store.references_of(image.id)
    by_id = is_id_of(text, image.id)
    if by_id:
        if _one_name(names):
            conflict = removal.conflict(image, force=force, named=False)
            if conflict is not None:
                raise refusal(image, conflict)
            for name in names:
                removal.untag(name)
    else:
        user = next(iter(in_use(image.id)), None)
        if user is not None and not force and _one_name(names):
            raise Refused(
                409,
                f'conflict: unable to remove repository reference "{text}" (must force) - '
                f"container {user.container[:12]} is using its referenced image {short(image)}",
            )
        _untag_by_name(removal, parse(text), image)
        if store.references_of(image.id):
            return removal.records
    removal.delete(image, force=force, quiet=not by_id)
    return removal.records


def prune(
    store: ImageShelf,
    *,
    dangling: bool,
    wanted: Callable[[Image], bool],
    in_use: Callable[[str], Iterable[InUse]],
) -> Pruned:
    sizes = {
        chain_id: store.layer_size(diff_id)
        for image in store.images()
        for chain_id, diff_id in zip(image.chain, image.layers, strict=True)
    }
    records: Records = []
    for image in store.images():
        names = store.references_of(image.id)
        if store.intermediate(image.id) or not wanted(image):
            continue
        if dangling and (store.children(image.id) or any(not name.digest for name in names)):
            continue
        for text in [str(name) for name in names] or [image.id.removeprefix("sha256:")]:
            try:
                records += remove(store, text, force=False, noprune=False, in_use=in_use)
            except Refused:
                continue
    reclaimed = sum(sizes.get(record.get("Deleted", ""), 0) for record in records)
    return Pruned(records=tuple(records), reclaimed=reclaimed)


def short(image: Image) -> str:
    return image.id.removeprefix("sha256:")[:12]


def refusal(image: Image, conflict: _Conflict) -> Refused:
    how = "cannot be forced" if conflict.hard else "must be forced"
    return Refused(409, f"conflict: unable to delete {short(image)} ({how}) - {conflict.message}")


def _untag_by_name(removal: _Removal, given: Reference, image: Image) -> None:
    """With a repository's last tag of an image go its digests in that repository, as nobody would find them."""
    removal.untag(given)
    left = [name for name in removal.store.references_of(image.id) if name.repository == given.repository]
    if not given.digest and all(name.digest for name in left):
        for name in left:
            removal.untag(name)


def _one_name(names: Sequence[Reference]) -> bool:
    """At most one tag, and everything in one repository; no name at all does not count."""
    if len(names) <= 1:
        return len(names) == 1
    tags = [name for name in names if not name.digest]
    repositories = {name.repository for name in names if name.digest}
    return len(tags) <= 1 and repositories == {(tags or names)[0].repository}
