"""The lab registry's calls about blobs: reading, uploading in one piece or several, mounting."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

from labrunner.practice.hub.asking import Call, Denied, named
from labrunner.practice.hub.depot import CHUNK, Upload, WrongDigest, is_path
from labrunner.practice.hub.wire import Answer
from labrunner.practice.images.image import is_digest


async def get_blob(call: Call, name: str, digest: str) -> Answer:
    named(name)
    await call.reading(name)
    official = call.library.official(name)
    standin = official.blob(digest) if official is not None else None
    if standin is not None:
        headers = {"Content-Type": "application/octet-stream", "Docker-Content-Digest": digest}
        return Answer(headers=headers, pieces=standin[1](), length=standin[0])
    path = call.depot.blob(name, digest)
    if path is None:
        raise Denied(404, "BLOB_UNKNOWN", "blob unknown to registry", {"digest": digest})
    size = path.stat().st_size
    headers = {
        "Content-Type": "application/octet-stream",
        "Docker-Content-Digest": digest,
        "Accept-Ranges": "bytes",
        "Etag": f'"{digest}"',
    }
    asked = re.fullmatch(r"bytes=(\d{1,15})-(\d{1,15})?", call.head.headers.get("range", ""))
    if asked is None:
        return Answer(headers=headers, pieces=_pieces(path, 0, size), length=size)
    first, last = int(asked[1]), min(int(asked[2] or size - 1), size - 1)
    if first > last:
        return Answer(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    length = last - first + 1
    return Answer(status=206, headers=headers, pieces=_pieces(path, first, length), length=length)


def _pieces(path: Path, start: int, left: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while left and (piece := file.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece


async def start_upload(call: Call, name: str) -> Answer:
    named(name)
    await call.writing(name)
    mounted = call.head.query.get("mount", "")
    source = call.head.query.get("from", "")
    if is_digest(mounted) and is_path(source) and call.depot.mount(name, mounted, source):
        await (await call.body()).read(0)
        return _created(name, mounted)
    upload = call.depot.start_upload(name)
    digest = call.head.query.get("digest", "")
    if digest:
        return await _fill(call, upload, finish=digest)
    await (await call.body()).read(0)
    return _accepted(upload)


async def patch_upload(call: Call, name: str, upload: str) -> Answer:
    return await _fill(call, await _found(call, name, upload))


async def put_upload(call: Call, name: str, upload: str) -> Answer:
    found = await _found(call, name, upload)
    digest = call.head.query.get("digest", "")
    if not is_digest(digest):
        raise Denied(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
    return await _fill(call, found, finish=digest)


async def get_upload(call: Call, name: str, upload: str) -> Answer:
    found = await _found(call, name, upload)
    return Answer(status=204, headers=_accepted(found).headers)


async def delete_upload(call: Call, name: str, upload: str) -> Answer:
    (await _found(call, name, upload)).cancel()
    return Answer(status=204)


async def _found(call: Call, name: str, upload: str) -> Upload:
    named(name)
    await call.writing(name)
    found = call.depot.upload(name, upload)
    if found is None:
        raise Denied(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry")
    if found.busy:
        raise Denied(416, "BLOB_UPLOAD_INVALID", "blob upload invalid")
    return found


async def _fill(call: Call, upload: Upload, finish: str = "") -> Answer:
    """A piece of the blob, or the last one; an upload that breaks off is thrown away."""
    told_range = re.fullmatch(
        r"(?:bytes )?(\d{1,15})-(\d{1,15})(?:/.*)?", call.head.headers.get("content-range", "")
    )
    if told_range is not None and int(told_range[1]) != upload.size:
        return Answer(status=416, headers=_accepted(upload).headers)
    upload.busy = True
    try:
        await (await call.body()).into(upload)
        if finish:
            await asyncio.to_thread(upload.finish, finish)
    except WrongDigest as error:
        raise Denied(
            400, "DIGEST_INVALID", "provided digest did not match uploaded content", {"digest": finish}
        ) from error
    except BaseException:
        upload.cancel()
        raise
    finally:
        upload.busy = False
    return _created(upload.repository, finish) if finish else _accepted(upload)


def _created(name: str, digest: str) -> Answer:
    return Answer(
        status=201, headers={"Location": f"/v2/{name}/blobs/{digest}", "Docker-Content-Digest": digest}
    )


def _accepted(upload: Upload) -> Answer:
    return Answer(
        status=202,
        headers={
            "Location": f"/v2/{upload.repository}/blobs/uploads/{upload.name}",
            "Docker-Upload-Uuid": upload.name,
            "Range": f"0-{max(upload.size - 1, 0)}",
        },
    )
