"""State in small files that are whole at any moment: written beside and renamed."""

import json
from pathlib import Path
from typing import Any


def keep(path: Path, state: object) -> None:
    """No fsync: after a power cut a container may be as it was a moment before, which costs nobody an image."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps(state, separators=(",", ":")), encoding="utf-8")
    beside.replace(path)


def kept(path: Path) -> Any | None:
    """None where there is nothing, or nothing that can be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
