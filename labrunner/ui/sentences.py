"""Every sentence that labrunner itself says to a learner, for both front ends, to be read in one place.

What findings say is in `labrunner.checks.words`; what a lesson says is in the lesson. What stands between
backticks is drawn as code.
"""

from collections.abc import Mapping

from labrunner.lesson.model import EngineName, Passage, Step
from labrunner.session.effects import Notice, ShowEnd, ShowMet, ShowNotice, ShowReply, StepMark
from labrunner.session.rows import LessonRow, LessonState

NOTICES: Mapping[Notice, str] = {
    "engine lost": "The engine does not answer. Your shell goes on; checks wait until the engine is back.",
    "engine back": "The engine answers again.",
    "marks lost": "The shell no longer says when a command ends. `check` looks all the same; "
    "if this is a shell inside your shell, `exit` leaves it.",
    "not met yet": "This step is not done yet. `skip` passes it over.",
    "cannot tell": "Whether the step is done could not be told. `check` looks again.",
    "nothing to answer": "There is nothing to answer now.",
    "which answer": "To answer, type `answer` and then what you found.",
    "no such step": "There is no such step. `steps` lists them all.",
    "no hints": "This step has no hints. `solution` shows what to do.",
    "no solution": "This step has no solution to show.",
    "first step": "This is the first step.",
    "no next step": "This is the last step.",
    "still running": "A command is still running. Press Ctrl-C to stop it, or wait until it ends.",
    "read on": "There is nothing left to do in this step. Enter, or `next`, goes on.",
    "checking": "Looking.",
    "question next": "That part is done. Now the question: type `answer` and the number of an option.",
    "question waits": "That part is done. Press Ctrl-C first. Then comes the question: type `answer` and the number "
    "of an option.",
    "task first": "First the task above, then its question.",
    "one option": "One option is right here: type `answer` and one number.",
    "put aside": "Your files were put aside.",
    "begun anew": "This step begins anew.",
    "stays so": "So far it is right, but it has to stay so when the command has ended. Ctrl-C stops the command.",
    "words": "These words work at the prompt. `lab WORD` works even where a program has the same name.",
    "rebuilding": "The earlier steps are now done for you, as you can see.",
    "rebuilt": "All that comes before this step is in place.",
    "script failed": "A command of the lesson failed. The step may work all the same; `redo` begins it anew.",
    "skipped": "Skipped.",
    "held already": "This was so before you did anything.",
}

DETAILED: Mapping[Notice, str] = {
    "engine lost": "The engine does not answer: {detail} Your shell goes on; "
    "checks wait until the engine is back.",
    "cannot tell": "Whether the step is done could not be told: {detail} `check` looks again.",
    "which answer": "To answer, type `answer` and the number of an option, from 1 to {detail}.",
    "no such step": "There is no step {detail}. `steps` lists them all.",
    "no hints": "All {detail} hints were shown. `solution` shows what to do.",
    "rebuilding": "To reach “{detail}”, the earlier steps are now done for you, as you can see.",
    "put aside": "Your files were put aside, in {detail}",
    "script failed": "A command of the lesson failed: {detail} The step may work all the same; "
    "`redo` begins it anew.",
    "skipped": "Skipped: {detail}",
}
"""Said instead where there is a detail."""

WORDS: Mapping[str, str] = {
    "hint": "the next hint",
    "solution": "what to type",
    "check": "look now, and say what is missing",
    "steps": "all steps, to see or to choose from",
    "next": "go on, once the step is done; Enter on an empty line does the same",
    "back": "the step before",
    "skip": "pass this step over",
    "goto STEP": "go to a step, by number or name; what it needs is done for you",
    "redo": "begin this step anew",
    "answer …": "answer the question: a number, several numbers, or what you found",
    "leave": "end the lesson for now; progress is kept; `exit` does the same",
    "lab": "this list",
}

KEYS: Mapping[str, str] = {"F1": "hint", "F2": "solution", "F3": "check", "F4": "steps", "F10": "leave"}

GO_ON = "Enter, or `next`, goes on"
FINISH = "Enter, or `next`, ends the lesson"
GO_ON_RUNNING = "Done; press Ctrl-C to stop the command and go on"
HELD_ALREADY = "This was so before you did anything. Do it anyway, or go on."
WORDS_IN_SHORT = "Words at the prompt: hint, solution, check, next, steps, leave. `lab` explains them all."
YES = ("y", "yes")
NO = ("n", "no")
STEP_DONE = "Done."
ASK_ANSWER = "Type `answer` and then what you found."
ASK_OPTION = "Type `answer` and the number of an option, or the number alone."
ASK_FIRST = "Type `answer` and then what you found; after that, answer the question."
ASK_OPTIONS = "More than one is right: type `answer` and their numbers, or the numbers alone."
AFTER_LAST_HINT = "That was the last hint. `solution` shows what to do."
RESUMED = "taken up where you left it"
LEARNT = "What you did"
NEXT = "next"
QUIT_OR_CHOOSE = "↑ ↓ or a number to choose, Enter to start, q to quit"
CHOOSE_STEP = "↑ ↓ or a number to choose, Enter to go there, q to stay"
CHOOSE_ONE = "↑ ↓ or a number to choose, Enter to answer, q to go back"
CHOOSE_SOME = "↑ ↓ to move, Space or a number to tick, Enter to answer, q to go back"

MARK_WORDS: Mapping[StepMark, str] = {
    "done": "done",
    "current": "you are here",
    "skipped": "skipped",
    "todo": "to do",
}
STATE_WORDS: Mapping[LessonState, str] = {"done": "done", "begun": "begun", "new": "new"}
STATE_MARKS: Mapping[LessonState, StepMark] = {"done": "done", "begun": "current", "new": "todo"}


def joined(passages: tuple[Passage, ...], engine: EngineName) -> str:
    """A lesson's own words for this engine, as one Markdown text."""
    return "\n\n".join(part.markdown for part in passages if part.only in (None, engine)).strip()


def notice(show: ShowNotice) -> str:
    empty = show.detail == "" or (show.notice == "no hints" and show.detail == "0")
    told = NOTICES[show.notice] if empty else DETAILED.get(show.notice, NOTICES[show.notice])
    detail = show.detail
    whole = ("engine lost", "cannot tell", "script failed", "skipped")
    if show.notice in whole and not empty and not detail.endswith((".", "…", "?", "!")):
        detail += "."
    return told.format(detail=detail)


def going_on(show: ShowMet) -> str:
    """What to do once a step is met."""
    if show.running:
        return GO_ON_RUNNING
    return FINISH if show.last else GO_ON


def reply(show: ShowReply) -> str:
    if show.right:
        return "That is right."
    return (
        "That is right, and there is more."
        if show.missing
        else "That is not it. Look again, or ask for a `hint`."
    )


def asking(step: Step) -> str:
    """How to answer, where a step asks for an answer."""
    if any(placed.kind == "answer" for placed in step.checks):
        return ASK_FIRST if step.question is not None else ASK_ANSWER
    if step.question is None:
        return ""
    return ASK_OPTIONS if len(step.question.right) > 1 else ASK_OPTION


def prompt(question: str) -> str:
    """The question with something between it and the answer."""
    return question if question.endswith((":", "?", ".")) else f"{question}:"


def counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def at_the_end(show: ShowEnd) -> str:
    """How much help was taken, and what is left to do."""
    hints = counted(show.hints, "hint") if show.hints else "No hints"
    told = f"{hints} used."
    if show.skipped:
        step = next(step.id for step in show.lesson.steps if step.title in show.skipped)
        again = f"labrunner start {show.lesson.id} --step {step}"
        told += f" {counted(len(show.skipped), 'step')} skipped; `{again}` goes back there."
    return told


def lesson_facts(row: LessonRow) -> tuple[str, ...]:
    """How long, how far, and how it stands."""
    facts = [f"{row.minutes} min"] if row.minutes is not None else []
    if row.steps_total is not None and row.state == "begun":
        facts.append(f"{row.steps_done} of {counted(row.steps_total, 'step')} done")
    elif row.steps_total is not None:
        facts.append(counted(row.steps_total, "step"))
    if not (row.state == "begun" and row.steps_total is not None):
        facts.append(STATE_WORDS[row.state])
    return tuple(facts)
