"""COPY and ADD: which files go where, and the layer that comes of it."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from labrunner.practice.build import checksum, globs
from labrunner.practice.build.context import unpack
from labrunner.practice.build.ignore import Hiding
from labrunner.practice.build.layering import Layering
from labrunner.practice.images.layers import read_layer
from labrunner.practice.images.node import IMPLIED
from labrunner.practice.images.tree import Bytes, Node, Tree, normalise, parent_of
from labrunner.practice.refusal import Refused

_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")
_MAGIC = slice(257, 262)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A here-document that becomes a file."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One COPY or ADD, its variables replaced."""

    sources: tuple[str, ...]
    documents: tuple[Document, ...] = ()
    target: str
    """As it is written: whether it ends with a slash counts."""
    workdir: str = "/"
    chown: str = ""
    chmod: int | None = None
    exclude: tuple[str, ...] = ()
    unpacks: bool = False
    """ADD: tars of the context are unpacked."""
    classic: bool = False


def chosen(order: Order, files: Tree) -> list[str]:
    """The paths that the sources stand for; raises `globs.NoSuchSource`, and ValueError for a broken pattern."""
    return [path for source in order.sources for path in globs.find(files, source)]


def content_sums(order: Order, files: Tree, paths: Sequence[str]) -> list[str]:
    """What tells one content of an order from another: names and sums."""
    shown = _excluding(files, order.exclude, paths)
    sums = []
    for path in paths:
        node = shown.node(path) or IMPLIED
        name = "" if node.kind in ("folder", "opaque") else path.rpartition("/")[2]
        sums.append(f"{name}:{checksum.of_content(shown, shown.resolve(path) or path)}")
    return [*sums, *(f"{each.name}:{each.data!r}" for each in order.documents)]


def lay(order: Order, files: Tree, paths: Sequence[str], base: Tree, *, now: int, spool: Path) -> Tree:
    """The layer; raises ValueError with Docker's words. Files of unpacked tars stay in `spool` until it is kept."""
    owner = owner_of(order, base)
    work = _Work(order=order, layering=Layering(base, now), owner=owner, now=now, spool=spool)
    target = work.layering.real(normalise(order.target, order.workdir))
    shown = _excluding(files, order.exclude, paths)
    into_folder = order.target.endswith(("/", "/.")) or order.target in (".", "..")
    for path in paths:
        real = shown.resolve(path)
        node = shown.node(path)
        if real is None or node is None:
            continue
        if node.kind in ("folder", "opaque"):
            work.folder(shown, real, target)
        elif not (order.unpacks and work.archive(node, target)):
            work.file(node, target, path.rpartition("/")[2], into_folder)
    for document in order.documents:
        node = Node(kind="file", mode=0o644, mtime=now, content=Bytes(document.data))
        work.file(node, target, document.name, into_folder)
    return work.layering.layer()


def owner_of(order: Order, base: Tree) -> tuple[int, int] | None:
    """Who `--chown` names, from the target's own passwd and group; raises ValueError where the classic builder does."""
    if not order.chown:
        return None
    user, colon, group = order.chown.partition(":")
    rows = _rows(base, "etc/passwd")
    known = next((row for row in rows if len(row) > 3 and row[0] == user), None)
    uid = _number(user)
    if uid is None and known is None and order.classic:
        why = f"can't find uid for user {user}: no such user: {user}"
        raise ValueError(f"unable to convert uid/gid chown string to host mapping: {why}")
    if uid is None:
        uid = (_number(known[2]) if known else 0) or 0
    if not colon and not order.classic:
        return uid, uid if _number(user) is not None else (_number(known[3]) if known else 0) or 0
    return uid, _group(base, group if colon else user, order.classic)


def mode_of(text: str) -> int:
    """What `--chmod` asks for; raises ValueError."""
    if not re.fullmatch(r"[0-7]{1,5}", text) or int(text, 8) > 0o7777:
        raise ValueError(
            f"invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777"
        )
    return int(text, 8)


def is_remote(source: str) -> bool:
    """Whether ADD would fetch it: a URL or a git repository."""
    return source.startswith(("http://", "https://", "git://", "git@", "ssh://"))


def no_network(source: str) -> str:
    """Why it is not fetched."""
    host = re.sub(r"^[a-z]+://|^git@", "", source)
    host = re.split(r"[/:]", host, maxsplit=1)[0]
    return f'Get "{source}": dial tcp: lookup {host}: no such host (practice engine: no network)'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    order: Order
    layering: Layering
    owner: tuple[int, int] | None
    now: int
    spool: Path

    def folder(self, files: Tree, source: str, target: str) -> None:
        """What is in a folder goes into the target; its own mode and time only where the target is new."""
        if self.layering.get(target) is not None and not self.layering.is_folder(target):
            raise ValueError(self._in_the_way(target))
        new = not self.layering.is_folder(target)
        self._holding(target)
        if new and not self.order.classic:
            self.layering.put(target, self._owned(replace(files.get(source) or IMPLIED, kind="folder")))
        start = len(source) + 1 if source else 0
        for path, node in files.under(source):
            there = f"{target}/{path[start:]}" if target else path[start:]
            if node.kind == "hardlink":
                node = files.get(node.link) or node
            self._put(there, self._given_away(node))

    def file(self, node: Node, target: str, name: str, into_folder: bool) -> None:
        if into_folder or self.layering.is_folder(target):
            self._holding(target)
            target = f"{target}/{name}" if target else name
        elif parent_of(target):
            self._holding(parent_of(target))
        self._put(target, self._given_away(node))

    def archive(self, node: Node, target: str) -> bool:
        """Unpacks a tar; False where it is none."""
        start = next(node.content.chunks(), b"")[:512]
        if not start.startswith(_PACKED) and start[_MAGIC] != b"ustar":
            return False
        number = len(list(self.spool.glob("add-*")))
        packed, plain = self.spool / f"add-{number}", self.spool / f"add-{number + 1}"
        with packed.open("wb") as out:
            for piece in node.content.chunks():
                out.write(piece)
        try:
            files = read_layer(plain if unpack(packed, plain) else packed)
        except Refused:
            return False
        self._holding(target)
        for path, each in files.under(""):
            if each.kind == "hardlink":
                each = files.get(each.link) or each
            if each.kind in ("file", "folder", "link"):
                self._holding(parent_of(f"{target}/{path}".lstrip("/")))
                self._put(f"{target}/{path}" if target else path, each)
        return True

    def _put(self, path: str, node: Node) -> None:
        before = self.layering.get(path)
        if node.kind == "folder" and before is not None and not self.layering.is_folder(path):
            raise ValueError(self._in_the_way(path))
        self.layering.put(path, self._owned(node))

    def _given_away(self, node: Node) -> Node:
        """The classic builder changes the owner last, and the kernel then takes setuid and setgid off a file."""
        return replace(node, mode=node.mode & ~0o6000) if self.order.classic and node.kind == "file" else node

    def _owned(self, node: Node) -> Node:
        uid, gid = self.owner or (node.uid, node.gid)
        mode = node.mode if self.order.chmod is None or node.kind == "link" else self.order.chmod
        return replace(node, uid=uid, gid=gid, mode=mode)

    def _holding(self, path: str) -> None:
        uid, gid = self.owner or (0, 0)
        mode = 0o755 if self.order.chmod is None else self.order.chmod
        try:
            self.layering.folder(path, mode=mode, uid=uid, gid=gid)
        except ValueError as error:
            if self.order.classic:
                raise ValueError(f"failed to copy files: failed to create new directory: {error}") from error
            raise

    def _in_the_way(self, path: str) -> str:
        if self.order.classic:
            return f"failed to copy files: failed to copy directory: mkdir /{path}: not a directory"
        return f"cannot copy to non-directory: /{path}"


def _excluding(files: Tree, exclude: Sequence[str], paths: Sequence[str]) -> Tree:
    if not exclude:
        return files
    hiding = Hiding(exclude)
    hidden = set()
    for path in paths:
        start = len(path) + 1 if path else 0
        for below, _ in files.under(path):
            if hiding.hides(below[start:]):
                hidden.add(below)
        if hiding.hides(posixpath.basename(path)):
            hidden.add(path)
    return Tree({path: node for path, node in files.nodes.items() if path not in hidden})


def _rows(files: Tree, path: str) -> Iterator[list[str]]:
    try:
        text = files.read(path)[: 1024 * 1024].decode("utf-8", "replace")
    except (FileNotFoundError, IsADirectoryError):
        return
    for line in text.splitlines():
        yield line.split(":")


def _group(base: Tree, name: str, strict: bool) -> int:
    number = _number(name)
    if number is not None:
        return number
    row = next((row for row in _rows(base, "etc/group") if len(row) > 2 and row[0] == name), None)
    if row is None and strict:
        why = f"can't find gid for group {name}: no such group: {name}"
        raise ValueError(f"unable to convert uid/gid chown string to host mapping: {why}")
    return (_number(row[2]) if row else 0) or 0


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,10}", text) else None
