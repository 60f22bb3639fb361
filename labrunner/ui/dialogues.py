"""The dialogues of the terminal front end: a lesson, a step, an option, a text, a yes or a no.

Importing this module costs 110 ms (prompt_toolkit): the front end does it when a dialogue is first opened.
"""

from collections.abc import Sequence

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.layout import FormattedTextControl, Layout, Window

from labrunner.lesson.model import Question
from labrunner.session.effects import StepLine
from labrunner.session.rows import LessonRow
from labrunner.ui import sentences as say
from labrunner.ui.menu import ESCAPE_PATIENCE, Item, Menu, quiet_output, run_alone
from labrunner.ui.screen import LOOK_OF
from labrunner.ui.style import Style
from labrunner.ui.text import Span


def choose_lesson(rows: Sequence[LessonRow], style: Style) -> str | None:
    items = []
    for row in rows:
        mark = say.STATE_MARKS[row.state]
        facts = f" {style.mark('dot')} ".join(say.lesson_facts(row))
        here = (Span(f"  {say.NEXT}", ("current",)),) if row.next else ()
        items.append(
            Item(
                mark=style.mark(mark),
                look=LOOK_OF[mark],
                text=(Span(style.letters(row.title)),),
                beside=(Span(facts, ("quiet",)), *here),
                about=row.summary,
            )
        )
    start = next((n for n, row in enumerate(rows) if row.next), 0)
    menu = Menu(items, style, title="Lessons", keys=say.QUIT_OR_CHOOSE, picked=start)
    chosen = menu.run()
    return None if chosen is None else rows[chosen].id


def choose_step(lines: Sequence[StepLine], style: Style) -> str | None:
    items = [
        Item(
            mark=style.mark(line.mark),
            look=LOOK_OF[line.mark],
            text=(Span(style.letters(line.title)),),
            beside=(Span(say.MARK_WORDS[line.mark], ("quiet",)),),
        )
        for line in lines
    ]
    start = next((n for n, line in enumerate(lines) if line.mark == "current"), 0)
    chosen = Menu(items, style, title="Steps", keys=say.CHOOSE_STEP, picked=start).run()
    return None if chosen is None else lines[chosen].id


def choose_option(question: Question, style: Style) -> frozenset[int] | None:
    from labrunner.ui.prose import render_line  # late: markdown-it-py, 45 ms; the other dialogues do without

    several = len(question.right) > 1
    items = [Item(mark="", look="quiet", text=render_line(option.text, style)) for option in question.options]
    menu = Menu(
        items,
        style,
        title="More than one is right" if several else "Which one?",
        keys=say.CHOOSE_SOME if several else say.CHOOSE_ONE,
        ticked=set() if several else None,
    )
    chosen = menu.run()
    if chosen is None:
        return None
    return frozenset({chosen + 1} if menu.ticked is None else {n + 1 for n in menu.ticked})


def ask(question: str, default: str, style: Style) -> str:
    session: PromptSession[str] = PromptSession(output=quiet_output())
    try:
        said = session.prompt(ANSI(f" {style.paint(say.prompt(question), 'strong')} "), default=default)
    except EOFError:
        return default
    finally:
        clear_typeahead(session.app.input)
    return said.strip() or default


def confirm(question: str, *, default: bool, style: Style) -> bool:
    keys = KeyBindings()
    answers = {"y": True, "Y": True, "enter": default, "n": False, "N": False}
    answers |= dict.fromkeys(("escape", "c-c", "c-d", "q"), False)
    for key, answer in answers.items():
        keys.add(key)(lambda event, answer=answer: event.app.exit(result=answer))
    choices = "Y/n" if default else "y/N"
    line = f" {style.paint(question, 'strong')} {style.paint(f'[{choices}]', 'quiet')} "
    window = Window(
        FormattedTextControl(ANSI(line), show_cursor=False), wrap_lines=True, dont_extend_height=True
    )
    app: Application[bool] = Application(
        layout=Layout(window), key_bindings=keys, erase_when_done=True, output=quiet_output()
    )
    app.ttimeoutlen = ESCAPE_PATIENCE
    return run_alone(app, default)
