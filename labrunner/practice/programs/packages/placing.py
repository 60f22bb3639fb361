"""Packages on the filesystem: stand-ins at their paths, zeros for the size, and everything gone again at removal."""

from contextlib import suppress
from typing import Protocol, cast

from labrunner.practice.images.content import Content, Zeros
from labrunner.practice.programs.packages.known import Package
from labrunner.practice.programs.process import Files

FILLER = "/usr/share/labrunner-standin"
STANDIN = """\
#!/usr/libexec/labrunner-standin {words}
# A stand-in for {name}: labrunner's practice engine plays its part.
"""


class _Roomy(Protocol):
    """Files that can hold content without having it in memory."""

    def put_content(self, path: str, content: Content, *, mode: int = 0o666) -> None: ...


def put_zeros(files: Files, path: str, size: int) -> None:
    """A file of that many zeros, which takes no memory where the files can do without."""
    files.mkdir(path.rpartition("/")[0], parents=True)
    if hasattr(files, "put_content"):
        cast(_Roomy, files).put_content(path, Zeros(size), mode=0o644)
    else:
        files.write(path, bytes(size), mode=0o644)


def paths(package: Package) -> tuple[str, ...]:
    return (*package.files, *package.texts, f"{FILLER}/{package.name}.filler")


def place(files: Files, package: Package) -> None:
    for path, words in package.files.items():
        files.mkdir(path.rpartition("/")[0], parents=True)
        if path_is_link(files, path):
            files.remove(path)
        files.write(path, STANDIN.format(words=words, name=package.name).encode(), mode=0o755)
        files.chmod(path, 0o755)
    for path, text in package.texts.items():
        files.mkdir(path.rpartition("/")[0], parents=True)
        files.write(path, text.encode(), mode=0o644)
    put_zeros(files, f"{FILLER}/{package.name}.filler", package.kilobytes * 1024)


def path_is_link(files: Files, path: str) -> bool:
    try:
        return files.lstat(path).kind == "link"
    except OSError:
        return False


def displace(files: Files, package: Package) -> None:
    for path in paths(package):
        with suppress(FileNotFoundError):
            files.remove(path)
