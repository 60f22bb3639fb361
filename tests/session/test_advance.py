"""Every rule of moving through a lesson, on values alone."""

from dataclasses import replace

from labrunner.checks.check import PlacedCheck
from labrunner.checks.container import ContainerCheck
from labrunner.checks.evidence import Evidence
from labrunner.checks.verdict import Met
from labrunner.engine.facts import ContainerSummary, ImageSummary, Observation
from labrunner.lesson.model import Feedback
from labrunner.progress.attempt import Attempt
from labrunner.progress.progress import fold
from labrunner.session.effects import (
    AskLeave,
    BeginStep,
    GatherEvidence,
    KeepAttempt,
    Leave,
    ShowEnd,
    ShowHint,
    ShowLesson,
    ShowMet,
    ShowNotice,
    ShowReply,
    ShowSolution,
    ShowStep,
    ShowUnmet,
    StopForeground,
)
from labrunner.session.events import (
    CommandBegan,
    CommandRan,
    EngineChanged,
    EngineLost,
    EngineReturned,
    Entered,
    EvidenceArrived,
    EvidenceFailed,
    InputEnded,
    Opened,
    ScriptsRan,
    StillRunning,
    WordSaid,
)
from labrunner.session.session import opened
from tests.session.lessons import ASK, AT, EMPTY, LESSON, PULL, PULLED, READ, begun, image, ran, told


def kinds(effects: tuple[object, ...]) -> list[str]:
    return [type(effect).__name__ for effect in effects]


def test_opening_shows_the_lesson_and_its_first_step_and_looks_at_the_engine() -> None:
    _, effects = told(opened(LESSON, "docker"), Opened())

    assert kinds(effects) == ["ShowLesson", "BeginStep", "ShowStep", "GatherEvidence"]
    assert effects[1] == BeginStep(step=PULL)


def test_a_step_that_holds_on_arrival_says_so() -> None:
    session, effects = told(opened(LESSON, "docker"), Opened(), EvidenceArrived("pull", PULLED))

    shown = effects[-1]
    assert isinstance(shown, ShowMet)
    assert shown.arrival
    assert session.phase == "met"


def test_a_command_that_meets_the_step_is_kept_before_it_is_told() -> None:
    session, effects = told(begun(), CommandRan(ran("docker pull nginx")), EvidenceArrived("pull", PULLED))

    assert kinds(effects) == ["GatherEvidence", "KeepAttempt", "ShowMet"]
    kept = effects[1]
    assert isinstance(kept, KeepAttempt)
    assert kept.attempt == Attempt(
        lesson="small",
        step="pull",
        outcome="met",
        at=0.0,
        checks_hash="p1",
        met=("image-1",),
        command="docker pull nginx",
    )
    assert session.done == {"pull"}


def test_an_unrelated_command_leaves_the_learner_in_peace() -> None:
    _, effects = told(begun(), CommandRan(ran("ls -l")), EvidenceArrived("pull", EMPTY))

    assert kinds(effects) == ["GatherEvidence"]


def test_a_wrong_try_is_told_field_by_field() -> None:
    _, effects = told(begun(), CommandRan(ran("docker pull alpine")), EvidenceArrived("pull", EMPTY))

    told_unmet = effects[-1]
    assert isinstance(told_unmet, ShowUnmet)
    assert [report.placed.id for report in told_unmet.reports] == ["image-1"]
    assert not told_unmet.reports[0].with_remedy


def test_the_same_failure_a_second_time_comes_with_its_remedy() -> None:
    session, _ = told(begun(), CommandRan(ran("docker pull alpine")), EvidenceArrived("pull", EMPTY))
    _, effects = told(session, CommandRan(ran("docker pull alpine")), EvidenceArrived("pull", EMPTY))

    again = effects[-1]
    assert isinstance(again, ShowUnmet)
    assert again.reports[0].with_remedy


def test_a_well_known_docker_error_gets_a_plain_sentence_even_where_nothing_was_tried() -> None:
    output = (
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
    )
    _, effects = told(begun(), CommandRan(ran("docker version", 1, output)), EvidenceArrived("pull", EMPTY))

    said = effects[-1]
    assert isinstance(said, ShowUnmet)
    assert said.reports == ()
    assert len(said.said) == 1


def test_a_change_made_elsewhere_meets_the_step_too() -> None:
    session, effects = told(begun(), EngineChanged(), EvidenceArrived("pull", PULLED))

    assert kinds(effects) == ["GatherEvidence", "KeepAttempt", "ShowMet"]
    assert session.phase == "met"


def test_evidence_is_gathered_once_at_a_time_and_once_more_for_what_came_meanwhile() -> None:
    session, effects = told(begun(), EngineChanged(), EngineChanged(), CommandRan(ran("docker pull alpine")))
    assert kinds(effects) == ["GatherEvidence"]

    _, effects = told(session, EvidenceArrived("pull", EMPTY), EvidenceArrived("pull", EMPTY))
    assert kinds(effects) == ["GatherEvidence", "KeepAttempt", "ShowUnmet"]


def test_evidence_for_a_step_that_was_left_is_not_judged() -> None:
    session, _ = told(begun(), EngineChanged(), WordSaid("skip"))
    same, effects = told(session, EvidenceArrived("pull", PULLED))

    assert effects == ()
    assert same == session


def test_a_step_met_while_its_command_runs_waits_for_the_command() -> None:
    session, effects = told(
        begun(), CommandBegan("docker run nginx"), StillRunning(), EvidenceArrived("pull", PULLED)
    )
    shown = effects[-1]
    assert isinstance(shown, ShowMet)
    assert shown.running

    session, effects = told(session, Entered())
    assert effects == ()
    session, effects = told(session, CommandRan(ran("docker run nginx", 130)), Entered())
    assert isinstance(effects[0], ShowNotice)
    assert session.step is READ


def test_unattended_a_running_command_is_stopped_once_the_step_is_met_and_the_lesson_goes_on() -> None:
    session, effects = told(
        begun(unattended=True),
        CommandBegan("docker run nginx"),
        StillRunning(),
        EvidenceArrived("pull", PULLED),
    )
    assert effects[-1] == StopForeground()
    assert session.step is PULL

    session, _ = told(session, CommandRan(ran("docker run nginx", 130)))
    assert session.step is ASK


def test_enter_goes_on_from_a_met_step_and_from_one_that_only_wants_to_be_read() -> None:
    session, _ = told(begun(), CommandRan(ran("docker pull nginx")), EvidenceArrived("pull", PULLED))
    session, _ = told(session, Entered())
    assert session.step is READ

    session, effects = told(session, Entered())
    assert session.step is ASK
    kept = effects[0]
    assert isinstance(kept, KeepAttempt)
    assert kept.attempt.outcome == "read"


def test_enter_on_an_open_step_does_nothing() -> None:
    session = begun()

    assert told(session, Entered()) == (session, ())


def test_next_on_an_open_step_says_what_is_missing() -> None:
    _, effects = told(begun(), WordSaid("next"), EvidenceArrived("pull", EMPTY))

    assert effects[0] == ShowNotice(notice="not met yet")
    assert isinstance(effects[-1], ShowUnmet)


def test_hints_come_in_order_and_are_kept() -> None:
    session, effects = told(begun(), WordSaid("hint"), WordSaid("hint"), WordSaid("hint"))

    assert effects[1] == ShowHint(number=1, total=2, text="Think of the verb.")
    assert effects[3] == ShowHint(number=2, total=2, text="It is `pull`.")
    assert effects[4] == ShowNotice(notice="no hints", detail="2")
    assert session.hints == 2


def test_the_solution_is_shown_and_kept() -> None:
    _, effects = told(begun(), WordSaid("solution"))

    assert kinds(effects) == ["KeepAttempt", "ShowSolution"]
    assert effects[1] == ShowSolution(text="docker image pull nginx")


def test_a_wrong_option_is_answered_with_its_own_words() -> None:
    session, _ = told(begun(), WordSaid("skip"), Entered())
    assert session.step is ASK

    session, effects = told(session, WordSaid("answer", ("1",)))
    assert isinstance(effects[0], KeepAttempt)
    assert effects[1] == ShowReply(chosen=(ASK.question.options[0],), right=False)  # type: ignore[union-attr]
    assert session.phase == "open"


def test_one_of_two_right_options_is_not_enough() -> None:
    session, _ = told(begun(), WordSaid("skip"), Entered())
    _, effects = told(session, WordSaid("answer", ("2",)))

    reply = effects[1]
    assert isinstance(reply, ShowReply)
    assert reply.missing


def test_a_number_alone_is_an_answer_where_the_shell_did_not_know_it() -> None:
    session, _ = told(begun(), WordSaid("skip"), Entered())
    session, effects = told(session, CommandRan(ran("2,3", 127)))

    assert isinstance(effects[0], ShowReply)
    assert effects[0].right
    assert session.phase == "met"


def test_the_end_counts_hints_and_names_what_was_skipped() -> None:
    session, _ = told(begun(), WordSaid("hint"), WordSaid("skip"), Entered())
    _, effects = told(session, WordSaid("answer", ("2", "3")), Entered())

    assert ShowEnd(lesson=LESSON, hints=1, skipped=("Pull it",)) in effects
    assert effects[-1] == Leave(finished=False)


def test_all_steps_done_finishes_the_lesson() -> None:
    session, _ = told(begun(), CommandRan(ran("docker pull nginx")), EvidenceArrived("pull", PULLED))
    _, effects = told(session, Entered(), Entered(), WordSaid("answer", ("2", "3")), Entered())

    assert effects[-1] == Leave(finished=True)


def test_a_lost_engine_is_said_once_and_nothing_is_judged() -> None:
    session, effects = told(
        begun(),
        EngineLost("It is gone."),
        EngineLost("It is gone."),
        CommandRan(ran("docker pull alpine")),
        EvidenceArrived("pull", PULLED),
    )

    assert effects == (ShowNotice(notice="engine lost", detail="It is gone."),)
    session, effects = told(session, EngineReturned(), EvidenceArrived("pull", PULLED))
    assert effects[0] == ShowNotice(notice="engine back")
    assert session.phase == "met"


def test_leaving_is_asked_for_and_keeps_the_place() -> None:
    session, effects = told(begun(), WordSaid("leave"))
    assert effects == (AskLeave(),)

    _, effects = told(session, WordSaid("leave", ("now",)))
    assert effects == (Leave(finished=False),)


def test_when_no_more_is_typed_the_open_step_is_told_once_more() -> None:
    session, effects = told(begun(unattended=True), InputEnded())
    assert kinds(effects) == ["GatherEvidence"]

    _, effects = told(session, EvidenceArrived("pull", EMPTY))
    assert kinds(effects) == ["KeepAttempt", "ShowUnmet", "Leave"]
    assert effects[-1] == Leave(finished=False)


def test_goto_ahead_rehearses_what_lies_between() -> None:
    session, effects = told(begun(), WordSaid("goto", ("ask",)))
    assert effects == (ShowNotice(notice="rebuilding", detail="What is it?"),)
    assert session.rehearsing_to == 2

    session, effects = told(
        session,
        CommandRan(ran("docker image pull nginx")),
        EvidenceArrived("pull", PULLED),
        Entered(),
        Entered(),
    )
    assert session.step is ASK
    assert session.done == frozenset()
    assert session.rehearsing_to is None


def test_goto_a_step_that_is_not_there_says_so() -> None:
    _, effects = told(begun(), WordSaid("goto", ("nowhere",)))

    assert effects == (ShowNotice(notice="no such step", detail="nowhere"),)


def test_coming_back_finds_the_step_and_what_held() -> None:
    attempts = (
        Attempt(lesson="small", step="pull", outcome="met", at=1.0, checks_hash="p1", met=("image-1",)),
        Attempt(lesson="small", step="read", outcome="read", at=2.0, checks_hash="r1"),
    )

    session = opened(LESSON, "docker", fold(attempts)["small"])

    assert session.step is ASK
    assert session.done == {"pull", "read"}


def test_a_step_whose_checks_changed_since_is_to_be_done_again() -> None:
    attempts = (Attempt(lesson="small", step="pull", outcome="met", at=1.0, checks_hash="old"),)

    assert opened(LESSON, "docker", fold(attempts)["small"]).step is PULL


def test_the_first_thing_on_the_screen_is_the_lesson() -> None:
    _, effects = told(opened(LESSON, "docker"), Opened(resumed=True))

    assert effects[0] == ShowLesson(lesson=LESSON, engine="docker", resumed=True)
    assert isinstance(effects[2], ShowStep)
    assert isinstance(effects[3], GatherEvidence)


def test_a_step_met_by_a_command_that_ends_at_once_is_told_at_its_end() -> None:
    session, effects = told(
        begun(), CommandBegan("docker pull nginx"), EngineChanged(), EvidenceArrived("pull", PULLED)
    )
    assert kinds(effects) == ["GatherEvidence"]

    _, effects = told(session, CommandRan(ran("docker pull nginx")), EvidenceArrived("pull", PULLED))
    assert kinds(effects) == ["GatherEvidence", "KeepAttempt", "ShowMet"]
    shown = effects[-1]
    assert isinstance(shown, ShowMet)
    verdict = shown.reports[0].verdict
    assert isinstance(verdict, Met)
    assert verdict.findings, "what became true was forgotten"


def test_a_refusal_of_the_engine_is_told_where_an_answer_was_waited_for() -> None:
    session, effects = told(begun(), WordSaid("check"), EvidenceFailed("The engine refused: no."))

    assert effects[-1] == ShowNotice(notice="cannot tell", detail="The engine refused: no.")
    assert session.judging is None

    _, effects = told(begun(), EngineChanged(), EvidenceFailed("The engine refused: no."))
    assert kinds(effects) == ["GatherEvidence"]


def test_what_a_running_command_changed_is_still_news_at_its_end() -> None:
    web = ContainerSummary(id="c", name="web", image="nginx", image_id="sha256:aa", state="exited")
    stopped = Evidence(docker=Observation(containers=(web,)))
    running = PlacedCheck(
        kind="container", check=ContainerCheck(name="web", state="running"), id="web", at=AT
    )
    lesson = replace(LESSON, steps=(replace(PULL, checks=(running,)), *LESSON.steps[1:]))
    session, _ = told(opened(lesson, "docker"), Opened(), EvidenceArrived("pull", EMPTY))

    session, effects = told(
        session, CommandBegan("sh start.sh"), EngineChanged(), EvidenceArrived("pull", stopped)
    )
    assert kinds(effects) == ["GatherEvidence"]
    _, effects = told(session, CommandRan(ran("sh start.sh")), EvidenceArrived("pull", stopped))
    assert isinstance(effects[-1], ShowUnmet)


def test_the_question_after_a_command_is_announced_when_the_command_ends_and_once() -> None:
    lesson = replace(LESSON, steps=(replace(PULL, question=ASK.question), *LESSON.steps[1:]))
    session, _ = told(opened(lesson, "docker"), Opened(), EvidenceArrived("pull", EMPTY))
    session, effects = told(
        session, CommandBegan("docker pull nginx"), EngineChanged(), EvidenceArrived("pull", PULLED)
    )
    assert kinds(effects) == ["GatherEvidence"]

    session, effects = told(session, CommandRan(ran("docker pull nginx")))
    assert effects == (ShowNotice(notice="question next"),)
    _, effects = told(session, CommandRan(ran("ls")))
    assert effects == ()


def test_what_redo_took_away_is_done_again_before_a_later_step() -> None:
    work = replace(ASK, id="work", solution=PULL.solution)
    lesson = replace(LESSON, steps=(PULL, work, READ, ASK))
    session = replace(opened(lesson, "docker", at="read"), done=frozenset({"pull", "work"}))
    session, _ = told(session, Opened(), WordSaid("redo"), ScriptsRan("rehearsal", "Pull it"))
    assert session.step is PULL

    session, effects = told(session, WordSaid("goto", ("ask",)))
    assert ShowNotice(notice="rebuilding", detail="What is it?") in effects
    assert session.rehearsing_to == 3

    session, _ = told(session, EvidenceArrived("pull", EMPTY), CommandRan(ran("docker pull nginx")))
    session, _ = told(session, EvidenceArrived("pull", PULLED))
    assert session.gone == {"work"}


def test_a_container_that_has_to_stay_is_judged_when_its_command_has_ended() -> None:
    check = ContainerCheck(name="web", state="running")
    running = PlacedCheck(kind="container", check=check, id="web", at=AT, holds="now")
    lesson = replace(LESSON, steps=(replace(PULL, checks=(running,)), *LESSON.steps[1:]))
    session, _ = told(opened(lesson, "docker"), Opened(), EvidenceArrived("pull", EMPTY))
    there = ContainerSummary(id="1", name="web", image="nginx", image_id="sha256:aa", state="running")
    up = Evidence(docker=Observation(containers=(there,)))
    session, _ = told(session, CommandBegan("docker run nginx"), EngineChanged(), EvidenceArrived("pull", up))

    session, effects = told(session, StillRunning(), EvidenceArrived("pull", up))
    assert effects[-1] == ShowNotice(notice="stays so")
    session, effects = told(session, StillRunning(), EvidenceArrived("pull", up))
    assert kinds(effects) == ["GatherEvidence"]

    session, _ = told(session, CommandRan(ran("docker run nginx", 130)), EvidenceArrived("pull", EMPTY))
    assert session.phase == "open"
    session, _ = told(session, CommandRan(ran("docker run -d nginx")), EvidenceArrived("pull", up))
    assert session.phase == "met"


def test_what_the_author_says_of_a_state_is_not_said_after_a_command_that_tries_nothing() -> None:
    told_of_state = Feedback(when=image("alpine"), say="That is another image.", at=AT)
    alpine = Evidence(docker=Observation(images=(ImageSummary(id="sha256:bb", names=("alpine:latest",)),)))
    lesson = replace(LESSON, steps=(replace(PULL, feedback=(told_of_state,)), *LESSON.steps[1:]))
    session, _ = told(opened(lesson, "docker"), Opened(), EvidenceArrived("pull", EMPTY))

    session, effects = told(session, CommandRan(ran("docker pull alpine")), EvidenceArrived("pull", alpine))
    assert [effect.said for effect in effects if isinstance(effect, ShowUnmet)] == [
        ("That is another image.",)
    ]
    _, effects = told(session, CommandRan(ran("ls")), EvidenceArrived("pull", alpine))
    assert kinds(effects) == ["GatherEvidence"]


def test_goto_a_step_that_is_done_begins_it_anew() -> None:
    session, _ = told(begun(), CommandRan(ran("docker pull nginx")), EvidenceArrived("pull", PULLED))
    assert session.phase == "met"

    session, effects = told(session, WordSaid("goto", ("1",)))
    assert kinds(effects) == ["BeginStep", "ShowStep", "GatherEvidence"]
    assert session.held == frozenset()


def test_redo_of_the_first_step_and_skip_of_a_step_that_is_done_say_nothing_untrue() -> None:
    session, effects = told(begun(), WordSaid("redo"))
    assert effects[0] == ShowNotice(notice="begun anew")

    _, effects = told(replace(session, done=frozenset({"pull"})), WordSaid("skip"))
    assert not any(isinstance(effect, ShowNotice) for effect in effects)


def test_a_lesson_that_is_over_has_no_step_after_its_last() -> None:
    session, _ = told(begun(), WordSaid("skip"), WordSaid("next"), WordSaid("skip"))

    assert session.phase == "over"
    assert session.place.number == 3
