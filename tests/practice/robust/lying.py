"""A registry on this machine that answers what a test tells it to, true or not."""

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from labrunner.practice.images.layers import gz_stored, write_tree
from labrunner.practice.images.tree import Bytes, Node, Tree

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


@dataclass
class Shop:
    """What the registry has: by path, a status, headers and bytes."""

    port: int = 0
    answers: dict[str, tuple[int, Mapping[str, str], bytes]] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)
    """Bytes that are sent as they are, before the connection closes."""

    @property
    def name(self) -> str:
        return f"localhost:{self.port}/lab/image:latest"

    def blob(self, data: bytes, called: str = "") -> dict[str, Any]:
        """Serves a blob, under its digest or under another one's; its descriptor."""
        name = called or digest(data)
        self.answers[f"/v2/lab/image/blobs/{name}"] = (200, {}, data)
        return {"mediaType": "application/octet-stream", "size": len(data), "digest": name}

    def manifest(self, manifest: object, *, at: str = "latest") -> str:
        data = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
        self.answers[f"/v2/lab/image/manifests/{at}"] = (200, {"Content-Type": MANIFEST}, data)
        return digest(data)

    def image(self, layer: bytes, packed: bytes | None = None, **changed: Any) -> dict[str, Any]:
        """An honest image of one layer, but for what is changed in its manifest."""
        packed = b"".join(gz_stored([layer])) if packed is None else packed
        config = {
            "os": "linux",
            "architecture": "amd64",
            "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
        }
        made = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self.blob(json.dumps(config).encode()),
            "layers": [self.blob(packed)],
        }
        return {**made, **changed}


def layer(text: bytes = b"a lie\n") -> bytes:
    return b"".join(write_tree(Tree({"note": Node(kind="file", content=Bytes(text))})))


@contextlib.contextmanager
def lying() -> Iterator[Shop]:
    shop = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path in shop.raw:
                with contextlib.suppress(OSError):
                    self.wfile.write(shop.raw[self.path])
                self.close_connection = True
                return
            status, headers, data = shop.answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(data)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                with contextlib.suppress(OSError):
                    self.wfile.write(data)

        do_HEAD = do_GET  # noqa: N815 - the library calls it by this name

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shop.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
