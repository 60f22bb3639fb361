"""The practice engine as the command line uses it: one for all lessons, in the data folder, started when wanted."""

from pathlib import Path

from labrunner.engine.protocol import Engine
from labrunner.progress.sqlite import data_folder


def folder() -> Path:
    return data_folder() / "practice"


def address() -> str:
    """Where it listens; started if it does not run yet. Raises EngineError."""
    from labrunner.practice.start import start  # only where there is no Docker

    return start(folder())


def open_engine() -> Engine:
    """The practice engine, for the entry point `labrunner.engines.v1`."""
    from labrunner.engine.sdk import open_engine as open_at  # 234 ms, after the first prompt

    return open_at(address())
