"""The docker SDK's own tests, which were written for Docker's daemon, on the practice engine.

They are not in this repository: pip brings them once into a cache. What does not pass is in expected_failures.txt.
"""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.engine import real
from tests.practice.conformance import suite
from tests.practice.place import new_engine

EXPECTED = Path(__file__).with_name("expected_failures.txt")
FEWEST = 220
"""Of some 260: a suite that did not run is no success."""


@pytest.mark.timeout(400, func_only=True)
def test_what_passes_on_docker_passes_here(tmp_path: Path) -> None:
    try:
        run = suite.unpacked(tmp_path)
    except suite.Unavailable as why:
        real.unavailable(str(why))
    # The parts run side by side, each on an engine of its own: they prune, and count what is there.
    parts = {tmp_path / f"part{number}.xml": modules for number, modules in enumerate(suite.PARTS)}
    with ExitStack() as engines:
        running = [
            suite.ran(run, engines.enter_context(new_engine()), modules, report)
            for report, modules in parts.items()
        ]
        for process in running:
            process.wait(suite.PATIENCE)

    told = suite.results(tuple(parts))
    expected = {line for line in EXPECTED.read_text().splitlines() if "::" in line}
    assert {name: why for name, why in told.failed.items() if name not in expected} == {}
    assert expected - told.failed.keys() == set()
    assert len(told.passed) >= FEWEST
