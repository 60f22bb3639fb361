"""Start-up is part of the design: what the first prompt does not need is imported after it."""

import subprocess
import sys

import pytest

HEAVY = (
    "prompt_toolkit",
    "markdown_it",
    "pygments",
    "asyncio",
    "docker",
    "yaml",
    "wcwidth",
    "sqlite3",
    "platformdirs",
)

VERDICT = """
from tests.ui.shows import REPORTED, SHOWS
from labrunner.ui.style import Style
for name in ("not met", "met while it runs", "a notice", "a solution", "the steps"):
    front(columns=lambda: 80, style=Style()).draw(SHOWS[name], 80)
front(columns=lambda: 80, style=Style()).draw(REPORTED, 80)
"""


def loaded_by(program: str) -> list[str]:
    ask = f"\nimport sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program + ask], capture_output=True, text=True, check=True, timeout=90
    )
    return done.stdout.split()


FRONT_ENDS = {
    "terminal": "from labrunner.ui.terminal import TerminalFrontEnd as front",
    "plain": "from labrunner.ui.plain import PlainFrontEnd as front",
}


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_a_front_end_and_its_verdicts_need_nothing_heavy(name: str) -> None:
    assert loaded_by(FRONT_ENDS[name] + VERDICT) == []
