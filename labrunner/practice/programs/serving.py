"""Files over HTTP, straight from the container's live filesystem: what nginx and httpd have in common."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from urllib.parse import quote

from labrunner.practice.programs.exchange import Request, Response, reason
from labrunner.practice.programs.process import Files, FileStat

_RANGES = 16

MEDIA_TYPES: Mapping[str, str] = {
    "html": "text/html",
    "htm": "text/html",
    "css": "text/css",
    "js": "application/javascript",
    "mjs": "application/javascript",
    "json": "application/json",
    "txt": "text/plain",
    "md": "text/markdown",
    "xml": "text/xml",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "ico": "image/x-icon",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "wasm": "application/wasm",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "gz": "application/gzip",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """On whose behalf files are read: a server's workers have a user of their own."""

    uid: int = 0
    gid: int = 0

    def may_read(self, files: Files, path: str) -> bool:
        """Whether the file and every folder above it are open to this user."""
        if self.uid == 0:
            return True
        real = files.resolve(path)
        parts = real.strip("/").split("/")
        folders = ["/" + "/".join(parts[:n]) for n in range(len(parts))]
        return all(self._allowed(files.stat(folder), 1) for folder in folders) and self._allowed(
            files.stat(real), 4
        )

    def _allowed(self, found: FileStat, bit: int) -> bool:
        shift = 6 if found.uid == self.uid else 3 if found.gid == self.gid else 0
        return bool(found.mode >> shift & bit)


def http_date(seconds: float) -> str:
    return formatdate(seconds, usegmt=True)


def etag(found: FileStat) -> str:
    """Time and size in hexadecimal, as nginx makes it."""
    return f'"{found.mtime:x}-{found.size:x}"'


def error_page(status: int, server: str, note: str = "") -> bytes:
    """The small page for a status that has no page of its own."""
    title = f"{status} {reason(status)}".strip()
    told = html.escape(note or _NOTES.get(status, "The request could not be answered."))
    return (
        f"<!doctype html>\n<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n"
        f"<p>{told}</p>\n<hr>\n<p>{html.escape(server)}, simulated by labrunner's practice engine</p>\n"
        "</body>\n</html>\n"
    ).encode()


_NOTES: Mapping[int, str] = {
    301: "What you look for has another address.",
    302: "What you look for is at another address for now.",
    400: "The server could not read this request.",
    403: "The server has it, or could have it, but does not show it.",
    404: "The server has nothing at this address.",
    405: "This address does not answer to that method.",
    413: "The request is larger than the server takes.",
    416: "The file does not have the part that was asked for.",
    500: "The server stumbled over its own configuration.",
    502: "The server behind this one did not answer.",
}


def whole_file(
    request: Request, found: FileStat, body: bytes, headers: tuple[tuple[str, str], ...]
) -> Response:
    """The file, a part of it, or word that the client's copy is still good."""
    mark = etag(found)
    dated = (("Last-Modified", http_date(found.mtime)), ("ETag", mark))
    if _unchanged(request, mark, found.mtime):
        return Response(status=304, headers=dated + headers[1:])
    full = (*headers, *dated, ("Accept-Ranges", "bytes"))
    asked = request.header("range")
    condition = request.header("if-range")
    if asked is None or request.method != "GET" or condition not in (None, mark, http_date(found.mtime)):
        return Response(status=200, headers=full, body=body)
    ranges = _ranges(asked, len(body))
    if ranges is None or len(ranges) > 1:
        return Response(status=200, headers=full, body=body)
    if not ranges:
        return Response(status=416, headers=(("Content-Range", f"bytes */{len(body)}"),))
    start, end = ranges[0]
    return Response(
        status=206,
        headers=(*headers, *dated, ("Content-Range", f"bytes {start}-{end}/{len(body)}")),
        body=body[start : end + 1],
    )


def _unchanged(request: Request, mark: str, mtime: int) -> bool:
    if (wanted := request.header("if-none-match")) is not None:
        tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return "*" in tags or mark in tags
    if (since := request.header("if-modified-since")) is not None:
        try:
            return mtime <= parsedate_to_datetime(since).timestamp()
        except ValueError:
            return False
    return False


def _ranges(asked: str, size: int) -> list[tuple[int, int]] | None:
    """The satisfiable ranges; None where the header is not one to obey."""
    if not asked.startswith("bytes="):
        return None
    found: list[tuple[int, int]] = []
    parts = asked.removeprefix("bytes=").split(",")
    if len(parts) > _RANGES:
        return None
    for part in parts:
        match = re.fullmatch(r"\s*(\d{0,18})-(\d{0,18})\s*", part)
        if match is None or match[1] == match[2] == "":
            return None
        if match[1] == "":
            start, end = max(0, size - int(match[2])), size - 1
        else:
            start = int(match[1])
            end = min(int(match[2]), size - 1) if match[2] else size - 1
        if start <= end:
            found.append((start, end))
    return found


def listing(files: Files, folder: str, address: str) -> bytes:
    """The page that stands in for a missing index where listings are on."""
    rows = [] if address == "/" else ['<a href="../">../</a>']
    names = [(name, files.stat(f"{folder.rstrip('/')}/{name}")) for name in _visible(files, folder)]
    for name, found in sorted(names, key=lambda pair: (pair[1].kind != "folder", pair[0])):
        shown = name + ("/" if found.kind == "folder" else "")
        size = "-" if found.kind == "folder" else str(found.size)
        gap = " " * max(1, 51 - len(shown))
        rows.append(
            f'<a href="{quote(shown)}">{html.escape(shown)}</a>{gap}{http_date(found.mtime)[5:22]}{size:>20}'
        )
    title = f"Index of {html.escape(address)}"
    body = "\n".join(rows)
    return (
        f"<!doctype html>\n<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n"
        f"<hr><pre>{body}\n</pre><hr>\n</body>\n</html>\n"
    ).encode()


def _visible(files: Files, folder: str) -> list[str]:
    return [
        name
        for name in files.list(folder)
        if not name.startswith(".") and files.exists(f"{folder.rstrip('/')}/{name}")
    ]


def media_type(path: str, types: Mapping[str, str] = MEDIA_TYPES, default: str = "text/plain") -> str:
    name = path.rpartition("/")[2]
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    return types.get(extension, default)
