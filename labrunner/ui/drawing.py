"""What each show looks like in a terminal: lines in the ordinary scrollback, which take nothing over."""

from labrunner.checks.verdict import Met, Unknown, Unmet
from labrunner.checks.words import met_sentences, sentences
from labrunner.lesson.model import Question
from labrunner.session.effects import (
    CheckReport,
    Show,
    ShowEnd,
    ShowHint,
    ShowLesson,
    ShowMet,
    ShowNotice,
    ShowReply,
    ShowSolution,
    ShowStep,
    ShowSteps,
    ShowUnmet,
)
from labrunner.session.rows import LessonRow
from labrunner.ui import sentences as say
from labrunner.ui.screen import LOOK_OF, Screen
from labrunner.ui.text import Span, width


def draw(screen: Screen, show: Show) -> None:
    match show:
        case ShowLesson():
            draw_lesson(screen, show)
        case ShowStep():
            draw_step(screen, show)
        case ShowMet():
            draw_met(screen, show)
        case ShowUnmet():
            draw_unmet(screen, show)
        case ShowHint():
            draw_hint(screen, show)
        case ShowSolution(text=text, commands=commands):
            screen.say("solution", "heading")
            if commands:
                screen.code(text)
            else:
                screen.prose(text)
        case ShowReply():
            draw_reply(screen, show)
        case ShowSteps():
            draw_steps(screen, show)
        case ShowNotice():
            draw_notice(screen, show)
        case ShowEnd():
            draw_end(screen, show)


def draw_lesson(screen: Screen, show: ShowLesson) -> None:
    front = show.lesson.front
    dot = f" {screen.style.mark('dot')} "
    screen.put()
    if show.resumed:
        again = screen.style.spans(f"{dot}{say.RESUMED}", "quiet")
        screen.spans([*screen.style.spans(front.title, "title"), *again])
        return
    minutes = [f"{front.minutes} minutes"] if front.minutes is not None else []
    facts = [*minutes, say.counted(len(show.lesson.steps), "step"), f"{show.engine} engine"]
    screen.say(front.title, "title")
    screen.say(front.summary)
    screen.say(dot.join(facts), "quiet")
    intro = say.joined(show.lesson.intro, show.engine)
    if intro:
        screen.put()
        screen.prose(intro)


def draw_step(screen: Screen, show: ShowStep) -> None:
    step, place = show.step, show.place
    screen.put()
    screen.title(show.lesson_title, f"step {place.number} of {place.total}")
    screen.say(step.title, "heading")
    if not show.brief:
        prose = say.joined(step.prose, show.engine)
        if prose:
            screen.prose(prose)
        if step.question is not None:
            screen.put()
            draw_options(screen, step.question)
        how = say.asking(step)
        if how:
            screen.put()
            screen.say(how, "quiet")
    screen.put()
    if step.asks:
        screen.footer(place, show.engine)
    else:
        screen.row(place, say.FINISH if place.number == place.total else say.GO_ON)


def draw_options(screen: Screen, question: Question) -> None:
    from labrunner.ui.prose import (
        render_line,
    )  # late: markdown-it-py, 45 ms; the step's prose needs it anyway

    room = len(str(len(question.options)))
    for number, option in enumerate(question.options, 1):
        screen.spans(render_line(option.text, screen.style), head=f" {number:>{room}} ", look="key")


def draw_met(screen: Screen, show: ShowMet) -> None:
    tick = screen.style.mark("met")
    told = [met_sentences(report.placed, report.verdict) for report in show.reports]
    # A right answer to the question was told so already.
    done = () if show.step.question is not None else ((say.STEP_DONE,),)
    for first, *others in [told_one for told_one in told if told_one] or done:
        screen.say(first, head=tick, look="met")
        for other in others:
            screen.say(other, head=" " * width(tick))
    if show.arrival:
        screen.say(say.HELD_ALREADY, head=" " * width(tick))
    screen.row(show.place, say.going_on(show))


def draw_unmet(screen: Screen, show: ShowUnmet) -> None:
    for told in show.said:
        screen.say(told, head=screen.style.mark("note"), look="current")
    for report in show.reports:
        draw_report(screen, report)


def draw_report(screen: Screen, report: CheckReport) -> None:
    style = screen.style
    match report.verdict:
        case Met():
            for told in met_sentences(report.placed, report.verdict)[:1]:
                screen.say(told, "quiet", head=style.mark("met"), look="met")
        case Unmet() | Unknown() as verdict:
            head = style.mark("unmet" if isinstance(verdict, Unmet) else "unknown")
            for told in sentences(report.placed, verdict, with_remedy=report.with_remedy):
                screen.say(told, head=head, look="current")
                head = " " * width(head)


def draw_hint(screen: Screen, show: ShowHint) -> None:
    screen.say(f"hint {show.number} of {show.total}", "heading")
    screen.prose(show.text)
    if show.number == show.total:
        screen.say(say.AFTER_LAST_HINT, "quiet")


def draw_reply(screen: Screen, show: ShowReply) -> None:
    mark = "met" if show.right else "unmet"
    screen.say(say.reply(show), head=screen.style.mark(mark), look="met" if show.right else "current")
    for option in show.chosen:
        if option.reply:
            screen.prose(option.reply, indent=2)


def draw_steps(screen: Screen, show: ShowSteps) -> None:
    room = len(str(len(show.lines)))
    for number, line in enumerate(show.lines, 1):
        head = f"{number:>{room}} {screen.style.mark(line.mark)}"
        looks = ("strong",) if line.mark == "current" else ()
        word = "" if line.mark in ("todo", "done") else f"  ({say.MARK_WORDS[line.mark]})"
        title = Span(screen.style.letters(line.title), looks)
        screen.spans([title, Span(word, ("quiet",))], head=head, look=LOOK_OF[line.mark])


def draw_notice(screen: Screen, show: ShowNotice) -> None:
    screen.say(say.notice(show), head=screen.style.mark("note"), look="current")
    if show.notice == "words":
        keys = {word: f" ({key})" for key, word in say.KEYS.items()}
        words = {screen.style.letters(word): said + keys.get(word, "") for word, said in say.WORDS.items()}
        room = max(len(word) for word in words)
        for word, meaning in words.items():
            screen.say(meaning, head=f"  {word:<{room}} ", look="code")


def draw_end(screen: Screen, show: ShowEnd) -> None:
    style = screen.style
    steps = show.lesson.steps
    screen.put()
    screen.title(show.lesson.front.title, "the end" if not show.skipped else "the end, for now")
    screen.say(say.LEARNT, "heading")
    for step in steps:
        mark = "skipped" if step.title in show.skipped else "met"
        after = f"  ({say.MARK_WORDS['skipped']})" if mark == "skipped" else ""
        title = [*style.spans(step.title), Span(after, ("quiet",))]
        screen.spans(title, head=style.mark(mark), look="met" if mark == "met" else "quiet")
    screen.put()
    screen.say(say.at_the_end(show), "quiet")


def draw_course(screen: Screen, rows: tuple[LessonRow, ...]) -> None:
    """The course as a list: state, title, how long, how far."""
    style = screen.style
    room = len(str(len(rows)))
    for number, row in enumerate(rows, 1):
        mark = say.STATE_MARKS[row.state]
        facts = f" {style.mark('dot')} ".join(say.lesson_facts(row))
        here = [Span(f"  {style.mark('pointer')} {say.NEXT}", ("current",))] if row.next else []
        title = Span(style.letters(row.title), ("strong",))
        head = f"{number:>{room}} {style.mark(mark)}"
        screen.spans([title, Span(f"  {facts}", ("quiet",)), *here], head=head, look=LOOK_OF[mark])
