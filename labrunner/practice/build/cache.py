"""BuildKit's cache: layers by what made them, kept in the engine whatever becomes of the images."""

import json
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labrunner.practice.build.golang import duration
from labrunner.practice.images.image import is_digest
from labrunner.practice.images.store import Store
from labrunner.practice.refusal import Refused

_OWNER = "build-cache:"
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
MOST_RECORDS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One step that was done."""

    id: str
    """25 letters and digits, as BuildKit has it."""
    key: str
    """The digest of the step and of all that it stands on."""
    diff_id: str
    parents: tuple[str, ...] = ()
    """IDs of records."""
    description: str = ""
    """`mount / from exec /bin/sh -c apk add tini`"""
    size: int = 0
    created: str = ""
    """As in an image's history; a cached step keeps it, so that a cached build gives the same image."""
    used: str = ""
    uses: int = 1


class Cache:
    def __init__(self, folder: Path, store: Store) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = folder / "records.json"
        self._store = store
        self._records: dict[str, Record] = {}
        self._open()

    def find(self, key: str) -> Record | None:
        """The record of a step that is still whole, marked as used now."""
        record = self._records.get(key)
        if record is None or not self._store.has_layer(record.diff_id):
            return None
        record = replace(record, used=now_text(), uses=record.uses + 1)
        self._records[key] = record
        return record

    def add(
        self, key: str, diff_id: str, *, description: str, parents: tuple[str, ...], created: str
    ) -> Record:
        record = Record(
            id=new_id(),
            key=key,
            diff_id=diff_id,
            parents=parents,
            description=description,
            size=self._store.layer_size(diff_id),
            created=created,
            used=created,
        )
        self._store.hold(_OWNER + record.id, (diff_id,))
        before = self._records.pop(key, None)
        self._records[key] = record
        self.write()
        if before is not None:
            self._store.release(_OWNER + before.id)
        if len(self._records) > MOST_RECORDS:
            self._drop([min(self._records.values(), key=lambda each: each.used)])
        return record

    def write(self) -> None:
        data = json.dumps([asdict(record) for record in self._records.values()], indent=1)
        beside = self._file.with_suffix(".new")
        with beside.open("w") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._file)

    def usage(self) -> list[dict[str, Any]]:
        """The rows of `docker system df` and `docker builder du`, in the Engine API's words."""
        shared = self._shared()
        return [
            {
                "ID": record.id,
                "Parents": list(record.parents) or None,
                "Type": "regular",
                "Description": record.description,
                "InUse": False,
                "Shared": record.diff_id in shared,
                "Size": record.size,
                "CreatedAt": record.created,
                "LastUsedAt": record.used,
                "UsageCount": record.uses,
            }
            for record in self._records.values()
        ]

    def prune(
        self,
        filters: Mapping[str, Sequence[str]] | None = None,
        *,
        everything: bool = False,
        keep: int = 0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> tuple[list[str], int]:
        """The IDs that went and the bytes; without `everything`, what no image shares any more. `keep`: stop when
        so few bytes are left. Filters: `until`/`unused-for` (a duration), `id`, `type`, `description`."""
        rows = sorted(self.usage(), key=lambda row: str(row["LastUsedAt"]))
        wanted = [row for row in rows if _wanted(row, filters or {}, now())]
        if not everything:
            wanted = [row for row in wanted if not row["Shared"]]
        left = sum(int(row["Size"]) for row in rows)
        gone: list[Record] = []
        by_id = {record.id: record for record in self._records.values()}
        for row in wanted:
            if keep and left <= keep:
                break
            left -= int(row["Size"])
            gone.append(by_id[row["ID"]])
        self._drop(gone)
        shared = self._shared()
        return [record.id for record in gone], sum(each.size for each in gone if each.diff_id not in shared)

    def _shared(self) -> set[str]:
        return {diff_id for image in self._store.images() for diff_id in image.layers}

    def _drop(self, records: Sequence[Record]) -> None:
        for record in records:
            self._records.pop(record.key, None)
        self.write()
        for record in records:
            self._store.release(_OWNER + record.id)

    def _open(self) -> None:
        """What is not whole any more is forgotten, and no layer is held for it."""
        try:
            rows = json.loads(self._file.read_text())
        except (OSError, ValueError):
            rows = []
        for row in rows if isinstance(rows, list) else []:
            try:
                record = Record(**{**row, "parents": tuple(row.get("parents") or ())})
            except (TypeError, AttributeError):
                continue
            if is_digest(record.diff_id) and self._store.has_layer(record.diff_id):
                self._records[record.key] = record
        owners = {_OWNER + record.id for record in self._records.values()}
        for owner in self._store.held():
            if owner.startswith(_OWNER) and owner not in owners:
                self._store.release(owner)


def new_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(25))


def now_text() -> str:
    """RFC 3339 with nanoseconds, as Go writes times."""
    moment = datetime.now(UTC)
    digits = f"{moment.microsecond:06d}".rstrip("0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{'.' + digits if digits else ''}Z"


def _wanted(row: Mapping[str, Any], filters: Mapping[str, Sequence[str]], now: datetime) -> bool:
    for name, values in filters.items():
        for value in values:
            match name:
                case "until" | "unused-for":
                    try:
                        age = duration(value) / 10**9
                    except ValueError as error:
                        raise Refused(400, str(error)) from error
                    if (now - datetime.fromisoformat(row["LastUsedAt"])).total_seconds() < age:
                        return False
                case "id":
                    if not str(row["ID"]).startswith(value):
                        return False
                case "type":
                    if row["Type"] != value:
                        return False
                case "description":
                    if value not in row["Description"]:
                        return False
                case "inuse" | "shared" | "private" | "dangling" | "unused":
                    pass
                case _:
                    raise Refused(400, f"invalid filter '{name}'")
    return True
