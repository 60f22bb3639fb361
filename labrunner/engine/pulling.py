"""A pull's stream of progress messages, told in a few short lines."""

from collections.abc import Iterable, Iterator

from labrunner.engine import trouble
from labrunner.engine.reading import Json

_STARTED = ("Pulling fs layer", "Waiting", "Downloading")
_DONE = ("Pull complete", "Already exists")


def pulled(name: str, messages: Iterable[Json]) -> Iterator[str]:
    """One line for each finished layer, then Docker's own last word; raises `EngineRefused` if it failed."""
    layers: dict[str, bool] = {}
    for message in messages:
        if error := message.get("error"):
            raise trouble.refused(str(error), (message.get("errorDetail") or {}).get("code") or 0)
        layer, status = str(message.get("id") or ""), str(message.get("status") or "")
        if layer and status in _STARTED:
            layers.setdefault(layer, False)
        elif layer and status in _DONE:
            layers[layer] = True
            yield f"{name}: {sum(layers.values())} of {len(layers)} layers"
        elif status.startswith("Status: "):
            yield status.removeprefix("Status: ")
