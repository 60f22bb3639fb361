"""Tars that nobody should send."""

import gzip
import io
import tarfile
from collections.abc import Mapping


def entry(
    name: str,
    kind: bytes = tarfile.REGTYPE,
    *,
    link: str = "",
    data: bytes = b"",
    claims: int | None = None,
    mode: int = 0o644,
    pax: Mapping[str, str] | None = None,
) -> tuple[tarfile.TarInfo, bytes]:
    """One member; `claims` is the size that its header says, whatever follows."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, link, mode
    info.size = len(data) if claims is None else claims
    info.pax_headers = dict(pax or {})
    info.devmajor, info.devminor = 8, 0
    return info, data


def tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as packed:
        for info, data in members:
            packed.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return out.getvalue()


def huge(name: str = "big") -> bytes:
    """512 bytes that say that 10 GB follow."""
    info, _ = entry(name, claims=10 << 30)
    return info.tobuf(tarfile.GNU_FORMAT) + bytes(1024)


def sparse() -> tuple[tarfile.TarInfo, bytes]:
    """A file of 10 GB in which nothing stands."""
    pax = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "big",
        "GNU.sparse.realsize": str(10 << 30),
    }
    return entry("GNUSparseFile.0/big", data=b"0\n".ljust(512, b"\0"), pax=pax)


REFUSED: Mapping[str, tuple[tuple[tuple[tarfile.TarInfo, bytes], ...], str]] = {
    "above": ((entry("../evil", data=b"x"),), 'invalid entry name "../evil"'),
    "above-in-the-middle": ((entry("a/../../evil", data=b"x"),), 'invalid entry name "a/../../evil"'),
    "absolute": ((entry("/tmp/evil", data=b"x"),), 'invalid entry name "/tmp/evil"'),
    "hard-link-above": (
        (entry("h", tarfile.LNKTYPE, link="../../etc/passwd"),),
        'invalid entry name "../../etc/passwd"',
    ),
    "sparse": ((sparse(),), "sparse files are not supported in a layer"),
    "long-name": ((entry("n" * 300, data=b"x"),), "file name too long"),
    "deep": ((entry("/".join(["d"] * 1000), data=b"x"),), "file name too long"),
    "nul": ((entry("x", data=b"x", pax={"path": "a\0b"}),), "archive/tar: invalid tar header"),
    "lying-size": ((entry("x", data=b"x", pax={"size": "99999999999"}),), "unexpected EOF"),
    "negative-size": ((entry("x", data=b"x", pax={"size": "-5"}),), "archive/tar: invalid tar header"),
    "endless-number": ((entry("x", data=b"x", pax={"uid": "9" * 40}),), "archive/tar: invalid tar header"),
    "whiteout-of-the-parent": ((entry(".wh...", data=b""),), "invalid whiteout: .wh..."),
}
"""What every reader of archives refuses, and how."""

HARMLESS: Mapping[str, tuple[tuple[tarfile.TarInfo, bytes], ...]] = {
    "link-above": (entry("out", tarfile.SYMTYPE, link="../../../../../../etc"), entry("out/evil", data=b"x")),
    "link-to-absolute": (entry("out", tarfile.SYMTYPE, link="/tmp"), entry("out/evil", data=b"x")),
    "devices": (
        entry("disk", tarfile.BLKTYPE, mode=0o666),
        entry("null", tarfile.CHRTYPE, mode=0o666),
        entry("pipe", tarfile.FIFOTYPE),
    ),
    "set-user-id": (entry("root", data=b"x", mode=0o6755),),
    "strange-names": (entry("a\nb\x1b[31m", data=b"x"), entry("-rf", data=b"x"), entry("\u202e", data=b"x")),
}
"""What stays inside, whatever it says."""


def bomb(megabytes: int = 300) -> bytes:
    """Zeros, packed to a thousandth."""
    return gzip.compress(bytes(megabytes << 20), 1)
