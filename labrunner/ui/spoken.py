"""What each show says in plain mode: every sentence on its own line, with a prefix that says what it is."""

from collections.abc import Iterable, Sequence

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
    StepLine,
)
from labrunner.session.rows import LessonRow
from labrunner.ui import sentences as say
from labrunner.ui.style import Style
from labrunner.ui.text import Span, wrap

WIDEST = 100
NARROWEST = 20


class Lines:
    """Lines that grow one by one; `text` is what is to be printed."""

    def __init__(self, style: Style, columns: int) -> None:
        self.style = style
        self.room = max(min(columns, WIDEST), NARROWEST)
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)

    def put(self, line: str = "") -> None:
        self._lines.append(line)

    def spans(self, spans: Iterable[Span]) -> None:
        self._lines.extend(self.style.line(line) for line in wrap(spans, self.room))

    def say(self, sentence: str) -> None:
        self.spans(self.style.spans(sentence))

    def prose(self, markdown: str) -> None:
        from labrunner.ui.prose import Page, render  # late: markdown-it-py, 45 ms

        page = Page(columns=self.room, style=self.style, boxes=False)
        self._lines.extend(render(markdown, page).split("\n")[:-1])


def draw(page: Lines, show: Show) -> None:
    match show:
        case ShowLesson():
            draw_lesson(page, show)
        case ShowStep():
            draw_step(page, show)
        case ShowMet():
            draw_met(page, show)
        case ShowUnmet():
            draw_unmet(page, show)
        case ShowHint():
            page.say(f"hint: {show.number} of {show.total}")
            page.prose(show.text)
            if show.number == show.total:
                page.say(f"hint: {say.AFTER_LAST_HINT}")
        case ShowSolution(text=text, commands=False):
            page.say("solution:")
            page.prose(text)
        case ShowSolution(text=text):
            page.say("solution:")
            for line in page.style.letters(text).rstrip("\n").split("\n"):
                page.put(f"    {line}".rstrip())
        case ShowReply():
            draw_reply(page, show)
        case ShowSteps(lines=lines):
            draw_steps(page, lines)
        case ShowNotice():
            page.say(f"note: {say.notice(show)}")
            if show.notice == "words":
                for word, meaning in say.WORDS.items():
                    page.say(f"{word}: {meaning}")
        case ShowEnd():
            draw_end(page, show)


def draw_lesson(page: Lines, show: ShowLesson) -> None:
    front = show.lesson.front
    if show.resumed:
        page.say(f"lesson: {front.title}, {say.RESUMED}")
        return
    page.say(f"lesson: {front.title}")
    page.say(front.summary)
    minutes = [f"{front.minutes} minutes"] if front.minutes is not None else []
    page.say(", ".join([*minutes, say.counted(len(show.lesson.steps), "step"), f"{show.engine} engine"]))
    intro = say.joined(show.lesson.intro, show.engine)
    if intro:
        page.put()
        page.prose(intro)
    page.put()
    page.say(say.WORDS_IN_SHORT)


def draw_step(page: Lines, show: ShowStep) -> None:
    step, place = show.step, show.place
    page.put()
    page.say(f"step {place.number} of {place.total}: {step.title}")
    if show.brief:
        return
    prose = say.joined(step.prose, show.engine)
    if prose:
        page.put()
        page.prose(prose)
        page.put()
    if step.question is not None:
        draw_options(page, step.question)
    how = say.asking(step)
    if how:
        page.say(how)
    if not step.asks:
        page.say(f"{say.FINISH if place.number == place.total else say.GO_ON}.")


def draw_options(page: Lines, question: Question) -> None:
    from labrunner.ui.prose import (
        render_line,
    )  # late: markdown-it-py, 45 ms; the step's prose needs it anyway

    for number, option in enumerate(question.options, 1):
        page.spans([Span(f"option {number}: "), *render_line(option.text, page.style)])


def draw_met(page: Lines, show: ShowMet) -> None:
    for report in show.reports:
        draw_report(page, report)
    if show.arrival:
        page.say(say.HELD_ALREADY)
    going_on = say.going_on(show)
    page.say(f"step {show.place.number} of {show.place.total}: met. {going_on[0].upper()}{going_on[1:]}.")


def draw_unmet(page: Lines, show: ShowUnmet) -> None:
    for told in show.said:
        page.say(f"note: {told}")
    for report in show.reports:
        draw_report(page, report)


def draw_report(page: Lines, report: CheckReport) -> None:
    match report.verdict:
        case Met():
            for told in met_sentences(report.placed, report.verdict):
                page.say(f"check: met: {told}")
        case Unmet() | Unknown() as verdict:
            state = "not met" if isinstance(verdict, Unmet) else "cannot tell"
            for told in sentences(report.placed, verdict, with_remedy=report.with_remedy):
                page.say(f"check: {state}: {told}")


def draw_reply(page: Lines, show: ShowReply) -> None:
    page.say(f"answer: {say.reply(show)}")
    for option in show.chosen:
        if option.reply:
            page.prose(option.reply)


def draw_steps(page: Lines, lines: Sequence[StepLine]) -> None:
    for number, line in enumerate(lines, 1):
        page.say(f"step {number} of {len(lines)}: {line.title} ({line.id}): {say.MARK_WORDS[line.mark]}")


def draw_end(page: Lines, show: ShowEnd) -> None:
    page.put()
    page.say(f"lesson: {show.lesson.front.title}: the end")
    for number, step in enumerate(show.lesson.steps, 1):
        state = "skipped" if step.title in show.skipped else "done"
        page.say(f"step {number} of {len(show.lesson.steps)}: {step.title}: {state}")
    page.say(say.at_the_end(show))


def draw_course(page: Lines, rows: Sequence[LessonRow]) -> None:
    for number, row in enumerate(rows, 1):
        here = ", next" if row.next else ""
        page.say(f"lesson {number}: {row.title} ({row.id}): {', '.join(say.lesson_facts(row))}{here}")
