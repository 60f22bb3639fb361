"""Texts kept between runs, so that the first prompt waits for neither YAML nor Markdown.

Keys are made of what the text was made from (a hash of the file), so nothing is ever out of date. A cache
that cannot be used is no cache: no method fails.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from labrunner.lesson.model import AskedValue, Constant, FreePort, FrontMatter, RandomWord, ValueSource

MOST_FILES = 200
FRONT_VERSION = 1
"""Raised when `FrontMatter`, or what is accepted as one, changes."""


@dataclass(frozen=True, slots=True)
class TextCache:
    """Texts by key in one folder; None keeps nothing."""

    directory: Path | None

    def get(self, key: str) -> str | None:
        if self.directory is None or not _private(self.directory):
            return None
        try:
            return self._file(self.directory, key).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def put(self, key: str, text: str) -> None:
        if self.directory is None:
            return
        file = self._file(self.directory, key)
        draft = file.with_suffix(f".{os.getpid()}")
        with suppress(OSError, UnicodeEncodeError):
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _private(self.directory):
                return
            self._make_room(self.directory)
            draft.write_text(text, encoding="utf-8")
            draft.replace(file)

    def _make_room(self, directory: Path) -> None:
        files = list(directory.iterdir())
        if len(files) >= MOST_FILES:
            for file in sorted(files, key=lambda each: each.stat().st_mtime)[: len(files) - MOST_FILES + 50]:
                file.unlink(missing_ok=True)

    @staticmethod
    def _file(directory: Path, key: str) -> Path:
        return directory / hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


NO_CACHE = TextCache(None)


def _private(directory: Path) -> bool:
    """What others can write is not believed: the texts go to the terminal."""
    try:
        status = directory.stat()
    except OSError:
        return False
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def user_cache() -> TextCache:
    """The cache in the platform's usual directory; none where the learner has no home."""
    # Late: 4 ms, and not needed by who brings a cache of their own.
    from platformdirs import user_cache_path

    try:
        return TextCache(user_cache_path("labrunner"))
    except (OSError, RuntimeError):
        return NO_CACHE


def front_key(content: bytes) -> str:
    return f"front {FRONT_VERSION} {hashlib.sha256(content).hexdigest()}"


def front_to_text(front: FrontMatter) -> str:
    return json.dumps(
        {
            "id": front.id,
            "title": front.title,
            "summary": front.summary,
            "minutes": front.minutes,
            "after": front.after,
            "needs": front.needs,
            "images": front.images,
            "values": {name: _source_to_json(source) for name, source in front.values.items()},
            "language": front.language,
        }
    )


def front_from_text(text: str) -> FrontMatter | None:
    """The front matter that `front_to_text` wrote; None for anything else."""
    try:
        read = json.loads(text)
        return FrontMatter(
            id=str(read["id"]),
            title=str(read["title"]),
            summary=str(read["summary"]),
            minutes=read["minutes"],
            after=tuple(read["after"]),
            needs=tuple(read["needs"]),
            images=tuple(read["images"]),
            values=MappingProxyType({name: _source_from_json(each) for name, each in read["values"].items()}),
            language=str(read["language"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _source_to_json(source: ValueSource) -> Mapping[str, str | int]:
    match source:
        case AskedValue(question=question, default=default):
            return {"ask": question, "default": default}
        case FreePort(start=start):
            return {"free_port": start}
        case RandomWord():
            return {"random": "word"}
        case Constant(text=text):
            return {"constant": text}


def _source_from_json(read: Mapping[str, object]) -> ValueSource:
    match read:
        case {"ask": str(question), "default": str(default)}:
            return AskedValue(question=question, default=default)
        case {"free_port": int(start)}:
            return FreePort(start=start)
        case {"random": "word"}:
            return RandomWord()
        case {"constant": str(text)}:
            return Constant(text=text)
        case _:
            raise ValueError("not a value")
