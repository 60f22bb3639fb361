"""The lab registry's calls about manifests, tags and search, and the table of all calls."""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from labrunner.practice.hub import blobs
from labrunner.practice.hub.asking import Call, Denied, named
from labrunner.practice.hub.depot import Depot, is_tag
from labrunner.practice.hub.manifest import LARGEST_MANIFEST, BadManifest, Manifest, read_manifest
from labrunner.practice.hub.search import MOST_ROWS, as_json, matching
from labrunner.practice.hub.wire import Answer, Head, told
from labrunner.practice.images.image import is_digest

DEFAULT_PAGE = 100


async def _base(call: Call) -> Answer:
    if not await call.who() and not call.library.may_read("library/", ""):
        raise Denied(401, "UNAUTHORIZED", "authentication required")
    return told({})


async def _catalog(call: Call) -> Answer:
    if not await call.who():
        raise Denied(401, "UNAUTHORIZED", "authentication required")
    page, link = _page(call.head, call.depot.repositories(), "/v2/_catalog")
    return told({"repositories": page}, headers=link)


async def _tags(call: Call, name: str) -> Answer:
    named(name)
    await call.reading(name)
    tags = call.depot.tags(name)
    official = call.library.official(name)
    if official is not None:
        tags = official.tags(name)
    if not tags and not call.depot.has_repository(name):
        raise Denied(404, "NAME_UNKNOWN", "repository name not known to registry", {"name": name})
    page, link = _page(call.head, tags, f"/v2/{name}/tags/list")
    return told({"name": name, "tags": page}, headers=link)


def _page(head: Head, names: tuple[str, ...], path: str) -> tuple[list[str], dict[str, str]]:
    told_n, last = head.query.get("n"), head.query.get("last", "")
    if told_n is not None and not (told_n.isascii() and told_n.isdigit() and len(told_n) < 10):
        raise Denied(400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested", {"n": told_n})
    most = len(names) if told_n is None and "_catalog" not in path else int(told_n or DEFAULT_PAGE)
    after = [name for name in names if name > last]
    page = after[:most]
    if not page or len(after) == len(page):
        return page, {}
    return page, {"Link": f'<{path}?last={quote(page[-1])}&n={most}>; rel="next"'}


async def _get_manifest(call: Call, name: str, reference: str) -> Answer:
    named(name)
    await call.reading(name)
    manifest = call.depot.manifest(name, reference)
    official = call.library.official(name)
    if official is not None:
        manifest = official.manifest(name, reference)
    if manifest is None:
        detail = {"Tag": reference} if is_tag(reference) else {"Digest": reference}
        raise Denied(404, "MANIFEST_UNKNOWN", "manifest unknown", detail)
    accepted = call.head.headers.get("accept", "")
    if "json" in accepted and manifest.media_type not in accepted and "*/*" not in accepted:
        raise Denied(404, "MANIFEST_UNKNOWN", f"manifest is {manifest.media_type}, which is not accepted")
    return Answer(
        headers={
            "Content-Type": manifest.media_type,
            "Docker-Content-Digest": manifest.digest,
            "Etag": f'"{manifest.digest}"',
        },
        data=manifest.data,
    )


async def _put_manifest(call: Call, name: str, reference: str) -> Answer:
    named(name)
    await call.writing(name)
    if not is_tag(reference) and not is_digest(reference):
        raise Denied(400, "TAG_INVALID", "manifest tag did not match URI")
    data = await (await call.body()).read(LARGEST_MANIFEST)
    try:
        manifest = read_manifest(data, call.head.headers.get("content-type", ""))
    except BadManifest as error:
        raise Denied(400, "MANIFEST_INVALID", "manifest invalid", str(error)) from error
    if is_digest(reference) and reference != manifest.digest:
        raise Denied(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
    missing = _missing(call.depot, name, manifest)
    if missing:
        raise Denied(400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", {"digest": missing})
    call.depot.put_manifest(name, manifest, "" if is_digest(reference) else reference)
    return Answer(
        status=201,
        headers={
            "Location": f"/v2/{name}/manifests/{manifest.digest}",
            "Docker-Content-Digest": manifest.digest,
        },
    )


def _missing(depot: Depot, repository: str, manifest: Manifest) -> str:
    for blob in manifest.blobs:
        path = depot.blob(repository, blob.digest)
        if path is None or path.stat().st_size != blob.size:
            return blob.digest
    for blob, _platform in manifest.manifests:
        if depot.manifest(repository, blob.digest) is None:
            return blob.digest
    return ""


async def _delete_manifest(call: Call, name: str, reference: str) -> Answer:
    named(name)
    await call.writing(name)
    if not call.depot.delete_manifest(name, reference):
        raise Denied(404, "MANIFEST_UNKNOWN", "manifest unknown")
    return Answer(status=202)


async def _ping(_call: Call) -> Answer:
    return told({}, headers={"X-Docker-Registry-Standalone": "true", "X-Docker-Registry-Version": "0.9"})


async def _search(call: Call) -> Answer:
    term, told_n = call.head.query.get("q", ""), call.head.query.get("n", "")
    most = int(told_n) if told_n.isascii() and told_n.isdigit() and len(told_n) < 6 else 25
    found = matching(call.library.rows(), call.depot.repositories(), term)
    rows = [as_json(row) for row in found[: max(1, min(most, MOST_ROWS))]]
    return told({"num_results": len(rows), "query": term, "results": rows, "page": 1, "num_pages": 1})


Handle = Callable[..., Awaitable[Answer]]

ROUTES: tuple[tuple[re.Pattern[str], dict[str, Handle]], ...] = (
    (re.compile(r"/v2/?"), {"GET": _base, "HEAD": _base}),
    (re.compile(r"/v2/_catalog"), {"GET": _catalog}),
    (re.compile(r"/v2/(?P<name>.+)/tags/list"), {"GET": _tags}),
    (
        re.compile(r"/v2/(?P<name>.+)/manifests/(?P<reference>[^/]+)"),
        {"GET": _get_manifest, "HEAD": _get_manifest, "PUT": _put_manifest, "DELETE": _delete_manifest},
    ),
    (re.compile(r"/v2/(?P<name>.+)/blobs/uploads/?"), {"POST": blobs.start_upload}),
    (
        re.compile(r"/v2/(?P<name>.+)/blobs/uploads/(?P<upload>[^/]+)"),
        {
            "PATCH": blobs.patch_upload,
            "PUT": blobs.put_upload,
            "GET": blobs.get_upload,
            "DELETE": blobs.delete_upload,
        },
    ),
    (
        re.compile(r"/v2/(?P<name>.+)/blobs/(?P<digest>[^/]+)"),
        {"GET": blobs.get_blob, "HEAD": blobs.get_blob},
    ),
    (re.compile(r"/v1/_ping"), {"GET": _ping}),
    (re.compile(r"/v1/search"), {"GET": _search}),
)
