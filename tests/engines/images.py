"""The stand-in images: built once from recipes/, pushed to the mirror, and kept until a recipe changes."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.engines import mirror
from tests.engines.archive import Archive
from tests.engines.engines import WORKSHOP
from tests.engines.filesystems import FILESYSTEMS, NODE_VERSION
from tests.engines.places import CLEAN_ENVIRONMENT, HERE, output_of, say
from tests.engines.roots import debian_root, remove

RECIPES = HERE / "recipes"
MAKERS = (HERE / "archive.py", HERE / "filesystems.py", HERE / "images.py")


@dataclass(frozen=True, slots=True)
class Image:
    tags: tuple[str, ...]
    recipe: str
    """Its folder in recipes/: a Dockerfile with $BASE and $VERSION, and what it copies."""
    filesystem: str | None = None
    """What filesystem.tar holds, besides the recipe's own folder root/."""
    base: str = "scratch"
    version: str = ""


NGINX, STABLE_NGINX = "1.31.6", "1.30.4"
ALPINE, DEBIAN = "alpine:3.24", "debian:bookworm-slim"

IMAGES = (
    Image(("hello-world:latest",), "hello-world", "hello-world"),
    Image(("busybox:1", "busybox:latest"), "busybox", "busybox"),
    Image((ALPINE, "alpine:latest"), "alpine", "alpine"),
    Image((DEBIAN,), "debian", "debian"),
    Image(
        (f"nginx:{NGINX}", "nginx:1.31", "nginx:mainline", "nginx:latest"),
        *("nginx", "nginx for debian", DEBIAN, NGINX),
    ),
    Image(
        (f"nginx:{NGINX}-alpine", "nginx:1.31-alpine", "nginx:alpine"),
        *("nginx", "nginx for alpine", ALPINE, NGINX),
    ),
    Image((f"nginx:{STABLE_NGINX}", "nginx:stable"), "nginx", "nginx for debian", DEBIAN, STABLE_NGINX),
    Image((f"node:{NODE_VERSION}-alpine", "node:24-alpine"), "node", "node for alpine", ALPINE, NODE_VERSION),
    Image(("mysql:latest",), "mysql", base=ALPINE),
)
"""In the order of building: a base stands before what is built on it."""


def up() -> None:
    """Have the mirror serving the images of today's recipes, built first where the cache lacks them."""
    folder = mirror.SERVICE.data / _fingerprint()
    finished = folder / "finished"
    if not finished.exists():
        say("building the images (about half a minute)")
        remove(folder)
        folder.mkdir(parents=True)
        mirror.up(folder)
        _build_all()
        finished.touch()
    mirror.up(folder)
    for other in mirror.SERVICE.data.iterdir():
        if other != folder:
            remove(other)


def _fingerprint() -> str:
    """A name for everything in this folder that decides what is in the images."""
    digest = hashlib.sha256()
    for source in (*MAKERS, *sorted(RECIPES.rglob("*"))):
        if source.is_file():
            digest.update(f"{source.relative_to(HERE)} {source.stat().st_mode & 0o100}\n".encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _build_all() -> None:
    WORKSHOP.up()
    try:
        for image in IMAGES:
            with tempfile.TemporaryDirectory() as folder:
                _build(image, Path(folder) / image.recipe)
    finally:
        WORKSHOP.down()
        remove(WORKSHOP.service.data)


def _build(image: Image, context: Path) -> None:
    shutil.copytree(RECIPES / image.recipe, context)
    _usual_modes(context)
    dockerfile = context / "Dockerfile"
    template = Template(dockerfile.read_text())
    dockerfile.write_text(template.safe_substitute(BASE=image.base, VERSION=image.version))
    if image.filesystem:
        archive = Archive()
        FILESYSTEMS[image.filesystem](archive, debian_root(WORKSHOP.suites))
        archive.copy_tree(context / "root")
        archive.write(context / "filesystem.tar")
    _docker("build", "--quiet", "--network=none", f"--tag={image.tags[0]}", str(context))
    for tag in image.tags:
        in_mirror = f"localhost:{mirror.port()}/library/{tag}"
        _docker("tag", image.tags[0], in_mirror)
        _docker("push", "--quiet", in_mirror)


def _usual_modes(context: Path) -> None:
    """The modes that git knows, whatever the umask of the checkout was."""
    for path in context.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _docker(*arguments: str) -> None:
    client = debian_root(WORKSHOP.suites) / "usr/bin/docker"
    address = {"DOCKER_HOST": f"unix://{WORKSHOP.socket}", "DOCKER_CONFIG": str(WORKSHOP.service.run)}
    output_of(client, *arguments, environment=CLEAN_ENVIRONMENT | address)
