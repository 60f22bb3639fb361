"""Whether a registry holds an image: the only proof that a push arrived."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from labrunner.checks.evidence import Evidence, ListTags, ManifestAnswer, Probe, ReadManifest
from labrunner.checks.looking import answered, called, image_named
from labrunner.checks.point import Point, concluded, point
from labrunner.checks.verdict import Unknown, Verdict
from labrunner.reference import InvalidReference, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryCheck:
    """A registry holds an image under a name. It is the registry that is asked, not the engine."""

    example: ClassVar[str] = """\
name: localhost:5001/student/nginx
tags: [latest, testing]
same_digest_as: localhost:5001/student/nginx:testing
"""

    name: str
    """The full name that was pushed: registry, repository and tag (`latest` where none is written)."""
    exists: bool = True
    """`false`: the registry must not have it."""
    tags: tuple[str, ...] = ()
    """Tags that its repository must have; others may be there too."""
    same_digest_as: str | None = None
    """Another full name in a registry that stands for the same image."""
    other_digest_than: str | None = None
    """Another full name in a registry that stands for another image."""

    def __post_init__(self) -> None:
        for name in (self.name, self.same_digest_as, self.other_digest_than):
            try:
                parse(name or "nginx")
            except InvalidReference as error:
                raise ValueError(f'"{name}" is not an image name: {error}.') from error
        if not self.exists and (self.tags or self.same_digest_as or self.other_digest_than):
            raise ValueError("`exists: false` cannot stand beside what the registry should hold.")

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        names = (self.name, self.same_digest_as, self.other_digest_than)
        manifests = tuple(_manifest(name) for name in names if name is not None)
        return (*manifests, self._tag_list) if self.tags else manifests

    def judge(self, seen: Evidence) -> Verdict:
        name = called(self.name)
        manifest = answered(seen, _manifest(self.name), ManifestAnswer)
        if isinstance(manifest, Unknown):
            return manifest
        if not self.exists:
            found = None if manifest is None else _shown(manifest)
            return concluded((point(f"image {name}", "exists", "absent", found, manifest is None),))
        if manifest is None:
            mend = f"docker image push {name}" if image_named(seen, name) else ""
            missing = point(f"image {name}", "name", name, None, False, mend)
            return concluded((missing, *self._tags(seen)))
        return concluded(self._points(name, manifest, seen))

    @property
    def _tag_list(self) -> ListTags:
        return ListTags(parse(self.name).repository)

    def _points(self, name: str, manifest: ManifestAnswer, seen: Evidence) -> Iterator[Point | Unknown]:
        subject, digest = f"image {name}", _shown(manifest)
        yield point(subject, "name", name, name, True)
        yield from self._tags(seen)
        for field, other_name in (
            ("same_digest_as", self.same_digest_as),
            ("other_digest_than", self.other_digest_than),
        ):
            if other_name is None:
                continue
            shown = called(other_name)
            other = answered(seen, _manifest(other_name), ManifestAnswer)
            if isinstance(other, Unknown):
                yield other
            elif other is None:
                mend = f"docker image push {shown}" if image_named(seen, shown) else ""
                yield point(subject, field, shown, None, False, mend)
            else:
                same = other.digest == manifest.digest
                yield point(subject, field, shown, digest, same == (field == "same_digest_as"))

    def _tags(self, seen: Evidence) -> Iterator[Point | Unknown]:
        if not self.tags:
            return
        repository = called(self.name).rpartition(":")[0]
        known = answered(seen, self._tag_list, tuple)
        if isinstance(known, Unknown):
            yield known
            return
        tags = [str(tag) for tag in known or ()]
        for tag in self.tags:
            tagged = f"{repository}:{tag}"
            mend = f"docker image push {tagged}" if image_named(seen, tagged) else ""
            found = tag if tag in tags else ", ".join(tags)
            yield point(f"repository {repository}", "tags", tag, found, tag in tags, mend)


def _manifest(name: str) -> ReadManifest:
    return ReadManifest(str(parse(name)))


def _shown(manifest: ManifestAnswer) -> str:
    return manifest.digest[:19]
