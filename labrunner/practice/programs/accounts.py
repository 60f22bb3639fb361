"""The names of users and groups, from the container's own files."""

from labrunner.practice.programs.process import Files


class Accounts:
    def __init__(self, files: Files) -> None:
        self.users = _rows(files, "/etc/passwd", 7)
        self.groups = _rows(files, "/etc/group", 4)

    def user(self, uid: int) -> str:
        """A number where it has no name."""
        return next((row[0] for row in self.users if row[2] == str(uid)), str(uid))

    def group(self, gid: int) -> str:
        return next((row[0] for row in self.groups if row[2] == str(gid)), str(gid))

    def uid(self, name: str) -> int | None:
        found = next((int(row[2]) for row in self.users if row[0] == name), None)
        return int(name) if found is None and name.isdigit() and len(name) < 11 else found

    def gid(self, name: str) -> int | None:
        found = next((int(row[2]) for row in self.groups if row[0] == name), None)
        return int(name) if found is None and name.isdigit() and len(name) < 11 else found

    def row(self, name: str) -> list[str] | None:
        """A user's line, by name or number."""
        return next((row for row in self.users if name in (row[0], row[2])), None)

    def groups_of(self, name: str) -> list[int]:
        """The further groups of a user."""
        return [int(row[2]) for row in self.groups if name in row[3].split(",")]


def _rows(files: Files, path: str, length: int) -> list[list[str]]:
    try:
        text = files.read(path)[: 1024 * 1024].decode("utf-8", "replace")
    except OSError:
        return []
    rows = [line.split(":") for line in text.splitlines()]
    return [[*row, *[""] * (length - len(row))] for row in rows if len(row) > 2 and row[2].isdigit()]
