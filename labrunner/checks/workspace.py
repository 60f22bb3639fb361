"""Files of the workspace as checks see them."""

from labrunner.checks.evidence import Evidence, ReadFile
from labrunner.checks.finding import Finding, NearMiss
from labrunner.checks.looking import answered
from labrunner.checks.verdict import Unknown


def inside(path: str) -> str:
    """The path itself; ValueError where it could lead out of the workspace."""
    parts = path.replace("\\", "/").split("/")
    if not path or path.startswith(("/", "~")) or ".." in parts or ":" in parts[0]:
        raise ValueError(f'"{path}" is not a path inside the workspace.')
    return path


def text_of(path: str, seen: Evidence) -> str | Unknown | None:
    """A file's text with plain line ends; None where there is no such file."""
    content = answered(seen, ReadFile(path), bytes)
    if not isinstance(content, bytes):
        return content
    return content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")


def slips(path: str, seen: Evidence) -> tuple[ReadFile, ...]:
    """Where a missing file may have gone: editors add `.txt`, and capitals are easily missed."""
    if text_of(path, seen) is not None:
        return ()
    folder, slash, name = path.rpartition("/")
    names = dict.fromkeys((f"{name}.txt", name.lower(), name.capitalize()))
    return tuple(ReadFile(f"{folder}{slash}{each}") for each in names if each != name)


def near_file(path: str, seen: Evidence) -> NearMiss | None:
    for slip in slips(path, seen):
        if isinstance(text_of(slip.path, seen), str):
            finding = Finding(
                field="path",
                expected=path,
                found=slip.path,
                subject=f"file {slip.path}",
                remedy=f"mv {slip.path} {path}",
            )
            return NearMiss(subject=f"file {slip.path}", finding=finding)
    return None
