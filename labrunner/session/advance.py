"""Every rule of moving through a lesson: what a session becomes, and what is to be done about it."""

from dataclasses import replace

from labrunner.checks.commandline import docker_commands
from labrunner.checks.evidence import Command
from labrunner.session.concluding import conclude, met
from labrunner.session.effects import (
    AskLeave,
    AskOption,
    Effect,
    Leave,
    ShowHint,
    ShowLesson,
    ShowNotice,
    ShowReply,
    ShowSolution,
    ShowSteps,
)
from labrunner.session.events import (
    CommandBegan,
    CommandRan,
    EngineChanged,
    EngineLost,
    EngineReturned,
    Entered,
    Event,
    EvidenceArrived,
    EvidenceFailed,
    InputEnded,
    MarksVanished,
    Opened,
    ScriptsRan,
    ShellEnded,
    StillRunning,
    WordSaid,
)
from labrunner.session.moving import Moved, arrive, attempt, gather, go_on, goto, move, redo, show_step, skip
from labrunner.session.session import Judging, Session


def advance(session: Session, event: Event) -> Moved:
    """What the session becomes, and what is to be done about it."""
    match event:
        case Opened(resumed=resumed):
            opening = ShowLesson(lesson=session.lesson, engine=session.engine, resumed=resumed)
            session, effects = arrive(session, first=True)
            return session, (opening, *effects)
        case CommandBegan():
            return replace(session, running=True, stay_told=False), ()
        case CommandRan(command=command):
            return command_ran(replace(session, running=False), command)
        case StillRunning():
            return gather(session, Judging(cause="still")) if session.step.checks else (session, ())
        case EngineChanged():
            if session.step.checks and not session.checks_met:
                return gather(session, Judging(cause="change"))
            return session, ()
        case EvidenceArrived(step=step, evidence=evidence):
            if session.judging is None or step != session.step.id or session.lost:
                return session, ()
            last = session.judging.cause == "end"
            session, effects = conclude(session, evidence)
            if last and session.phase != "over":
                return session, (*effects, Leave(finished=session.finished))
            return end_if_idle(session, effects)
        case EvidenceFailed(because=because):
            return evidence_failed(session, because)
        case EngineLost(because=because):
            if session.lost:
                return session, ()
            session = replace(session, lost=True, judging=None, again=None)
            return session, (ShowNotice(notice="engine lost", detail=because),)
        case EngineReturned():
            if not session.lost:
                return session, ()
            session, effects = gather(replace(session, lost=False), Judging(cause="change"))
            return session, (ShowNotice(notice="engine back"), *effects)
        case Entered():
            return go_on(session) if session.may_go_on and ready(session) else (session, ())
        case WordSaid(word=word, arguments=arguments):
            return word_said(session, word, arguments)
        case ScriptsRan(purpose=purpose, failed=failed):
            return scripts_ran(session, purpose, failed)
        case MarksVanished():
            return session, (ShowNotice(notice="marks lost"),)
        case InputEnded():
            return end_if_idle(replace(session, ending=True), ())
        case ShellEnded():
            return session, (Leave(finished=session.finished),)


def evidence_failed(session: Session, because: str) -> Moved:
    """Nothing is judged; the learner hears of it where an answer was waited for."""
    why = session.judging
    session = replace(session, judging=None, again=None)
    if why is None or why.cause in ("arrival", "change", "still"):
        return end_if_idle(session, ())
    notice = ShowNotice(notice="cannot tell", detail=because)
    if why.cause == "end":
        return session, (notice, Leave(finished=session.finished))
    return end_if_idle(session, (notice,))


def ready(session: Session) -> bool:
    return session.phase in ("open", "met") and not session.running


def command_ran(session: Session, command: Command) -> Moved:
    text = command.text.strip()
    if session.phase == "open" and command.exit_status == 127 and is_choice(text):
        return answered(session, tuple(text.replace(",", " ").split()))
    if session.phase == "met":
        if session.unattended:
            return go_on(session)
        return session, (ShowNotice(notice="read on"),) if session.step.id in session.done else ()
    if session.waits_for_text and command.exit_status == 127 and not docker_commands(text):
        return session, (ShowNotice(notice="which answer"),)
    if session.step.checks and not (session.checks_met and session.step.question is not None):
        return gather(session, Judging(cause="command", command=command))
    if session.step.checks and not (session.question_told or session.answered):
        return replace(session, question_told=True), (ShowNotice(notice="question next"),)
    return session, ()


def is_choice(text: str) -> bool:
    return bool(text) and all(part.isdecimal() for part in text.replace(",", " ").split())


def scripts_ran(session: Session, purpose: str, failed: str) -> Moved:
    if purpose == "rehearsal":
        session = replace(session, rehearsing_to=None)
        return session, (ShowNotice(notice="script failed", detail=failed),)
    trouble = (ShowNotice(notice="script failed", detail=failed),) if failed else ()
    if purpose == "setup" and session.phase == "setup":
        session, effects = show_step(session)
        return session, trouble + effects
    return session, trouble


def end_if_idle(session: Session, effects: tuple[Effect, ...]) -> Moved:
    """Where nothing more will be typed: one last look at the step that is open, then leave."""
    if not session.ending or not session.idle or session.running or session.phase == "over":
        return session, effects
    if session.phase == "open" and session.step.checks and not session.checks_met:
        session, more = gather(session, Judging(cause="end"))
        if more:
            return session, effects + more
    return session, (*effects, Leave(finished=session.finished))


def word_said(session: Session, word: str, arguments: tuple[str, ...]) -> Moved:
    """One of labrunner's words, or its F-key."""
    match word, arguments:
        case "leave", ("now",):
            return session, (Leave(finished=session.finished),)
        case "leave", _:
            if session.unattended:
                return session, (Leave(finished=session.finished),)
            return session, (AskLeave(),)
        case "steps", _:
            return session, (ShowSteps(lines=session.lines),)
        case (("lab" | "words" | "help"), _):
            return session, (ShowNotice(notice="words"),)
        case _ if session.running:
            return session, (ShowNotice(notice="still running"),)
        case "hint", _:
            return hint(session)
        case "solution", _:
            return solution(session)
        case "check", _:
            return check(session)
        case "next", _:
            return go_on(session) if session.may_go_on else not_yet(session)
        case "back", _:
            if session.position == 0:
                return session, (ShowNotice(notice="first step"),)
            return move(session, session.position - 1)
        case "skip", _:
            return skip(session)
        case "goto", (wanted, *_):
            return goto(session, wanted)
        case "goto", _:
            return session, (ShowSteps(lines=session.lines),)
        case "redo", _:
            return redo(session)
        case "answer", _:
            return answered(session, arguments)
        case _:
            return session, (ShowNotice(notice="words"),)


def hint(session: Session) -> Moved:
    hints = session.step.hints
    if session.hints >= len(hints):
        return session, (ShowNotice(notice="no hints", detail=str(len(hints))),)
    shown = ShowHint(number=session.hints + 1, total=len(hints), text=hints[session.hints])
    return replace(session, hints=session.hints + 1), (attempt(session, "hint"), shown)


def solution(session: Session) -> Moved:
    step = session.step
    if step.solution is not None and not session.checks_met:
        return session, (attempt(session, "solution"), ShowSolution(text=step.solution.text))
    if step.question is not None:
        numbers = " ".join(str(number) for number in sorted(step.question.right))
        options = "\n".join(f"- {option.text}" for option in step.question.options if option.right)
        right = f"`answer {numbers}`\n\n{options}"
        return session, (attempt(session, "solution"), ShowSolution(text=right, commands=False))
    if step.solution is not None:
        return session, (ShowSolution(text=step.solution.text),)
    return session, (ShowNotice(notice="no solution"),)


def check(session: Session) -> Moved:
    if session.phase == "met":
        return session, (ShowNotice(notice="read on"),)
    if session.step.checks and not session.checks_met:
        return gather(session, Judging(cause="check"))
    question = session.step.question
    if question is None or session.answered:
        return session, (ShowNotice(notice="read on"),)
    if not session.step.checks:
        return session, (ShowNotice(notice="which answer", detail=str(len(question.options))),)
    return session, (ShowNotice(notice="question next"),)


def not_yet(session: Session) -> Moved:
    checked, effects = check(session)
    return checked, (ShowNotice(notice="not met yet"), *effects)


def answered(session: Session, arguments: tuple[str, ...]) -> Moved:
    """An answer to the step's `answer` check while one is open, else to its question."""
    step = session.step
    if session.phase != "open" or not session.waits_for_answer:
        return session, (ShowNotice(notice="nothing to answer"),)
    if not arguments:
        asks = step.question is not None and not session.waits_for_text and session.checks_met
        if asks and step.question is not None and not session.unattended:
            return session, (AskOption(question=step.question),)
        return session, (ShowNotice(notice="which answer"),)
    if session.waits_for_text:
        return gather(replace(session, answer=" ".join(arguments)), Judging(cause="answer"))
    question = step.question
    if question is None:
        return session, (ShowNotice(notice="nothing to answer"),)
    if not session.checks_met:
        session, effects = check(session)
        return session, (ShowNotice(notice="task first"), *effects)
    numbers = [part for word in arguments for part in word.replace(",", " ").split()]
    if not all(n.isdecimal() and 1 <= int(n) <= len(question.options) for n in numbers):
        return session, (ShowNotice(notice="which answer", detail=str(len(question.options))),)
    chosen = frozenset(int(n) for n in numbers)
    if len(chosen) > 1 and len(question.right) == 1:
        return session, (ShowNotice(notice="one option"),)
    options = tuple(question.options[n - 1] for n in sorted(chosen))
    right = chosen == question.right
    reply = ShowReply(chosen=options, right=right, missing=not right and chosen < question.right)
    if not right:
        return session, (attempt(session, "unmet", findings=("question.option",)), reply)
    finished, effects = met(replace(session, answered=True), {}, Judging(cause="answer"))
    return finished, (reply, *effects)
