"""What labrunner is run in: a terminal or none, its width and its colours."""

import os
import sys
import textwrap
from dataclasses import dataclass

from labrunner.cli.report import note
from labrunner.runner.protocols import FrontEnd
from labrunner.ui.style import style_for

PLAIN_WIDTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    interactive: bool
    """A person sits at both stdin and stdout."""
    plain: bool
    front: FrontEnd


def look_around(*, plain: bool) -> Surroundings:
    """Terminal or plain: `--plain`, TERM=dumb and a stdin or stdout that is no terminal make it plain."""
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    plain = plain or not interactive or os.environ.get("TERM", "dumb") == "dumb"
    style = style_for(
        os.environ, encoding=sys.stdout.encoding or "ascii", terminal=sys.stdout.isatty() and not plain
    )
    if plain:
        from labrunner.ui.plain import PlainFrontEnd  # only one of the two is needed

        return Surroundings(
            interactive=interactive, plain=True, front=PlainFrontEnd(columns=columns, style=style)
        )
    from labrunner.ui.terminal import TerminalFrontEnd

    return Surroundings(
        interactive=interactive, plain=False, front=TerminalFrontEnd(columns=columns, style=style)
    )


def columns() -> int:
    """The width to draw for."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or PLAIN_WIDTH
    except (OSError, ValueError):
        return PLAIN_WIDTH


def told(text: str, around: Surroundings) -> None:
    """A paragraph that stands under those of the lesson: on a screen with their margin."""
    if around.plain:
        note(text)
        return
    margin = " "
    note(
        textwrap.fill(
            text,
            columns() - 1,
            initial_indent=margin,
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
