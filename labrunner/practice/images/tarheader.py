"""Tar headers, written one way and read all the ways that image builders write them.

Sources: POSIX.1-2008 `pax`, and GNU tar's manual for long names and base-256 numbers. Sparse files are refused:
a few bytes of theirs may stand for any number of bytes on disk.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from labrunner.practice.refusal import Refused

BLOCK = 512
END = bytes(2 * BLOCK)
LARGEST_EXTENSION = 1024 * 1024
"""Bytes of a long name or of pax records; Go's archive/tar has the same bound."""

_XATTR = "SCHILY.xattr."
_BROKEN = "archive/tar: invalid tar header"
"""Go's words, which Docker hands on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    name: str
    type: bytes = b"0"
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    size: int = 0
    link: str = ""
    major: int = 0
    minor: int = 0
    xattrs: Mapping[str, bytes] = field(default_factory=dict)
    start: int = 0
    """Where the content begins in the file that was read."""


def padding(size: int) -> bytes:
    """The zeros that fill a file's last block."""
    return bytes(-size % BLOCK)


def header(entry: Entry) -> bytes:
    """The blocks before an entry's content: pax records only where the plain header has no room."""
    name, link = _encoded(entry.name), _encoded(entry.link)
    records: dict[str, bytes] = {}
    if len(name) > 100 or not name.isascii():
        records["path"] = name
    if len(link) > 100 or not link.isascii():
        records["linkpath"] = link
    plain = {"uid": entry.uid, "gid": entry.gid, "size": entry.size, "mtime": entry.mtime}
    for key, most in (("uid", 8**7), ("gid", 8**7), ("size", 8**11), ("mtime", 8**11)):
        if not 0 <= plain[key] < most:
            records[key] = str(plain[key]).encode()
            plain[key] = 0
    records.update({_XATTR + key: value for key, value in entry.xattrs.items()})
    before = b""
    if records:
        body = b"".join(_record(key, records[key]) for key in sorted(records))
        label = b"PaxHeaders.0/" + name.rstrip(b"/").rpartition(b"/")[2][:80]
        before = _block(label, b"x", 0o644, {"size": len(body)}, b"", 0, 0) + body + padding(len(body))
    return before + _block(name[:100], entry.type, entry.mode, plain, link[:100], entry.major, entry.minor)


def entries(file: BinaryIO) -> Iterator[Entry]:
    """What a seekable tar holds, in its order, without the contents; refuses what is broken, cut short or sparse."""
    file.seek(0, 2)
    length = file.tell()
    at = 0
    extended: dict[str, bytes] = {}
    while True:
        file.seek(at)
        block = file.read(BLOCK)
        if not block or block == bytes(BLOCK):
            return
        if len(block) < BLOCK:
            raise Refused(400, "unexpected EOF")
        entry = _read(block)
        at += BLOCK
        if entry.type in (b"x", b"g", b"L", b"K"):
            body = _extension(file, entry.size)
            at += entry.size + len(padding(entry.size))
            if entry.type == b"x":
                extended |= _records(body)
            elif entry.type != b"g":
                extended["path" if entry.type == b"L" else "linkpath"] = body.partition(b"\0")[0]
            continue
        entry = _extend(entry, extended, at)
        extended = {}
        if at + entry.size > length:
            raise Refused(400, "unexpected EOF")
        at += entry.size + len(padding(entry.size))
        yield entry


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _record(key: str, value: bytes) -> bytes:
    """`LENGTH KEY=VALUE\\n`, where the length counts its own digits."""
    rest = b" " + _encoded(key) + b"=" + value + b"\n"
    length = len(rest) + 1
    while len(str(length)) + len(rest) != length:
        length = len(str(length)) + len(rest)
    return str(length).encode() + rest


def _block(
    name: bytes, kind: bytes, mode: int, numbers: Mapping[str, int], link: bytes, major: int, minor: int
) -> bytes:
    block = bytearray(BLOCK)
    block[0 : len(name)] = name
    block[100:108] = b"%07o\0" % (mode & 0o7777)
    block[108:116] = b"%07o\0" % numbers.get("uid", 0)
    block[116:124] = b"%07o\0" % numbers.get("gid", 0)
    block[124:136] = b"%011o\0" % numbers.get("size", 0)
    block[136:148] = b"%011o\0" % numbers.get("mtime", 0)
    block[148:156] = b" " * 8
    block[156:157] = kind
    block[157 : 157 + len(link)] = link
    block[257:265] = b"ustar\x0000"
    block[329:337] = b"%07o\0" % (major & 0o7777777)
    block[337:345] = b"%07o\0" % (minor & 0o7777777)
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def _read(block: bytes) -> Entry:
    told = _number(block[148:156])
    counted = sum(block) - sum(block[148:156]) + 8 * ord(" ")
    if told != counted and told != counted - 256 * _negative(block):
        raise Refused(400, _BROKEN)
    name = _text(block[0:100])
    kind = block[156:157]
    if block[257:263] == b"ustar\0" and block[345] != 0:
        name = _text(block[345:500]) + b"/" + name
    if kind == b"\0":
        kind = b"5" if name.endswith(b"/") else b"0"
    size = _number(block[124:136])
    if size < 0:
        raise Refused(400, _BROKEN)
    return Entry(
        name=_decoded(name),
        type=kind,
        mode=_number(block[100:108]) & 0o7777,
        uid=_number(block[108:116]),
        gid=_number(block[116:124]),
        mtime=_number(block[136:148]),
        size=size,
        link=_decoded(_text(block[157:257])),
        major=_number(block[329:337]) if kind in (b"3", b"4") else 0,
        minor=_number(block[337:345]) if kind in (b"3", b"4") else 0,
    )


def _negative(block: bytes) -> int:
    """How many bytes an old tar that counted with signed characters took for negative ones."""
    return sum(byte > 127 for byte in block[:148] + block[156:])


def _extend(entry: Entry, extended: Mapping[str, bytes], start: int) -> Entry:
    if entry.type == b"S" or any(key.startswith("GNU.sparse.") for key in extended):
        raise Refused(400, f"sparse files are not supported in a layer: {entry.name}")
    size = _decimal(extended["size"]) if "size" in extended else entry.size
    if size < 0:
        raise Refused(400, _BROKEN)
    return Entry(
        name=_decoded(extended["path"]) if "path" in extended else entry.name,
        type=entry.type,
        mode=entry.mode,
        uid=_decimal(extended["uid"]) if "uid" in extended else entry.uid,
        gid=_decimal(extended["gid"]) if "gid" in extended else entry.gid,
        mtime=_decimal(extended["mtime"]) if "mtime" in extended else entry.mtime,
        size=size if entry.type in (b"0", b"7") else 0,
        link=_decoded(extended["linkpath"]) if "linkpath" in extended else entry.link,
        major=entry.major,
        minor=entry.minor,
        xattrs={key.removeprefix(_XATTR): value for key, value in extended.items() if key.startswith(_XATTR)},
        start=start,
    )


def _extension(file: BinaryIO, size: int) -> bytes:
    if size > LARGEST_EXTENSION:
        raise Refused(400, _BROKEN)
    body = file.read(size)
    if len(body) < size:
        raise Refused(400, "unexpected EOF")
    return body


def _records(body: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    at = 0
    while at < len(body):
        space = body.find(b" ", at, at + 8)
        digits = body[at:space]
        if space < 0 or not digits.isdigit():
            raise Refused(400, _BROKEN)
        end = at + int(digits)
        key, equals, value = body[space + 1 : end - 1].partition(b"=")
        if end > len(body) or end <= space + 1 or not equals or body[end - 1 : end] != b"\n":
            raise Refused(400, _BROKEN)
        if key in (b"path", b"linkpath") and b"\0" in value:
            raise Refused(400, _BROKEN)
        found[_decoded(key)] = value
        at = end
    return found


def _text(part: bytes) -> bytes:
    return part.partition(b"\0")[0]


def _number(part: bytes) -> int:
    """Octal digits, or GNU's big-endian binary where the first bit is set."""
    if part[0] & 0x80:
        sign = -1 if part[0] & 0x40 else 0
        value = int.from_bytes(bytes([part[0] & 0x7F]) + part[1:], "big")
        return value - (1 << (8 * len(part) - 1)) if sign else value
    digits = part.strip(b" \0")
    try:
        return int(digits, 8) if digits else 0
    except ValueError as error:
        raise Refused(400, _BROKEN) from error


def _decimal(value: bytes) -> int:
    """Whole seconds of a pax time, which may be negative and have a fraction; other numbers have none."""
    whole, _, fraction = value.partition(b".")
    if len(whole) > 20 or not whole.removeprefix(b"-").isdigit() or (fraction and not fraction.isdigit()):
        raise Refused(400, _BROKEN)
    seconds = int(whole)
    return seconds - 1 if whole.startswith(b"-") and fraction.strip(b"0") else seconds
