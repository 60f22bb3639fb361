"""Marks become commands, words and empty Enters."""

from labrunner.shell.events import (
    CommandEnded,
    CommandStarted,
    EmptyEnter,
    LeaveAsked,
    MarksBack,
    MarksLost,
    ShellEvent,
    WordSaid,
)
from labrunner.shell.integration import Launch
from labrunner.shell.keys import TypedLine
from labrunner.shell.marks import Mark
from labrunner.shell.turns import OUTPUT_KEPT, Turns

LAUNCH = Launch(shell="bash", argv=(), environment={}, directory="/", nonce="", run_folder="")
PROMPT = Mark("D", ("0", "42", "/work"))


def turns_and_keys() -> tuple[Turns, TypedLine]:
    typed = TypedLine()
    return Turns(42, LAUNCH, typed, lambda: "/somewhere"), typed


def heard(turns: Turns, *marks: Mark) -> list[ShellEvent]:
    return [event for mark in marks for event in turns.mark(mark).events]


def test_a_command_starts_and_ends_with_its_output() -> None:
    turns, _ = turns_and_keys()
    turns.mark(PROMPT)

    started = heard(turns, Mark("C", ("ls",)))
    turns.printed(b"one\r\n")
    ended = turns.mark(Mark("D", ("2", "42", "/work/x")))

    assert started == [CommandStarted(text="ls")]
    assert ended.events == (CommandEnded(text="ls", exit_status=2, directory="/work/x", output=b"one\r\n"),)
    assert ended.hold


def test_a_long_text_comes_in_pieces_that_may_cut_a_character() -> None:
    turns, _ = turns_and_keys()

    events = heard(turns, PROMPT, Mark("T", ("echo \udcc3",)), Mark("C", ("\udca9\n",)))

    assert events == [CommandStarted(text="echo é")]


def test_a_text_from_the_history_comes_without_its_number() -> None:
    turns, _ = turns_and_keys()

    events = heard(
        turns,
        PROMPT,
        Mark("H"),
        Mark("H", ("  501* cat <<E\r\n 1",)),
        Mark("H", ("  x\r\nE\r\n",)),
        Mark("C", ("",)),
    )

    assert events == [CommandStarted(text="cat <<E\n 1  x\nE")]


def test_only_the_last_of_much_output_is_kept() -> None:
    turns, _ = turns_and_keys()
    heard(turns, PROMPT, Mark("C", ("yes",)))
    for _ in range(5):
        turns.printed(b"y" * 60000)
    turns.printed(b"end")

    (event,) = heard(turns, PROMPT)

    assert isinstance(event, CommandEnded)
    assert len(event.output) == OUTPUT_KEPT
    assert event.output.endswith(b"yyyend")


def test_what_zsh_and_fish_print_after_an_unfinished_line_is_no_output() -> None:
    turns, _ = turns_and_keys()
    for mark in (
        b"\x1b[1m\x1b[7m%\x1b[27m\x1b[1m\x1b[0m" + b" " * 79 + b"\r \r",
        b"\x1b[2m\xe2\x8f\x8e\x1b(B\x1b[m" + b" " * 79 + b"\r\xe2\x8f\x8e \r\x1b[K",
    ):
        heard(turns, PROMPT, Mark("C", ("printf abc",)))
        turns.printed(b"abc" + mark)
        (event,) = heard(turns, PROMPT)

        assert isinstance(event, CommandEnded)
        assert event.output == b"abc"


def test_an_enter_typed_while_a_command_ran_is_no_empty_enter() -> None:
    turns, typed = turns_and_keys()
    heard(turns, PROMPT, Mark("C", ("docker pull nginx",)))

    assert heard(turns, PROMPT)[0].__class__ is CommandEnded
    assert heard(turns, PROMPT) == []
    typed.took(b"\r")
    assert heard(turns, PROMPT) == [EmptyEnter()]


def test_a_word_is_said_and_nothing_else() -> None:
    turns, _ = turns_and_keys()
    said = Mark("W", ("hint", "2", "a;b"))

    events = heard(turns, PROMPT, Mark("C", ('hint 2 "a;b"',)), said, PROMPT)

    assert events == [WordSaid(word="hint", arguments=("2", "a;b"))]


def test_lab_says_any_word() -> None:
    turns, _ = turns_and_keys()

    assert heard(turns, PROMPT, Mark("C", ("lab goto 3",)), Mark("W", ("lab", "goto", "3")), PROMPT) == [
        WordSaid(word="goto", arguments=("3",))
    ]
    assert heard(turns, Mark("C", ("lab",)), Mark("W", ("lab",)), PROMPT) == [WordSaid(word="lab")]


def test_a_word_among_commands_leaves_them_commands() -> None:
    turns, _ = turns_and_keys()

    events = heard(turns, PROMPT, Mark("C", ("check; ls",)), Mark("W", ("check",)), PROMPT)

    assert [type(event) for event in events] == [CommandStarted, CommandEnded, WordSaid]


def test_a_program_with_a_words_name_is_a_command() -> None:
    turns, _ = turns_and_keys()

    events = heard(turns, PROMPT, Mark("C", ("check",)), PROMPT)

    assert [type(event) for event in events] == [CommandStarted, CommandEnded]


def test_leaving_is_asked_once_and_the_shell_goes_on() -> None:
    turns, _ = turns_and_keys()

    assert heard(turns, PROMPT, Mark("C", ("exit",)), Mark("L"), PROMPT) == [LeaveAsked()]


def test_a_prompt_without_an_end_before_it_means_that_marks_were_lost() -> None:
    turns, _ = turns_and_keys()
    heard(turns, PROMPT, Mark("C", ("unset PROMPT_COMMAND",)))

    assert heard(turns, Mark("P")) == [
        MarksLost(shell="bash"),
        CommandEnded(text="unset PROMPT_COMMAND", exit_status=None, directory="/somewhere", output=b""),
    ]
    assert heard(turns, Mark("P")) == []
    assert heard(turns, Mark("C", ("ls",)), Mark("P")) == [
        CommandStarted(text="ls"),
        CommandEnded(text="ls", exit_status=None, directory="/somewhere", output=b""),
    ]


def test_a_start_without_an_end_before_it_ends_what_was_before() -> None:
    turns, _ = turns_and_keys()

    events = heard(turns, PROMPT, Mark("C", ("PS1=; PROMPT_COMMAND=",)), Mark("C", ("ls",)))

    assert [type(event) for event in events] == [CommandStarted, CommandEnded, CommandStarted]


def test_a_nested_shell_is_followed_from_outside_until_it_ends() -> None:
    turns, _ = turns_and_keys()
    heard(turns, PROMPT, Mark("C", ("bash",)))

    assert turns.found_prompt("bash", nested=True) == (MarksLost(shell="bash"),)
    turns.entered()
    turns.printed(b"inside")
    assert turns.found_prompt("bash", nested=True) == (
        CommandEnded(text="", exit_status=None, directory="/somewhere", output=b"inside"),
    )
    turns.entered()
    assert heard(turns, PROMPT) == [
        MarksBack(),
        CommandEnded(text="bash", exit_status=0, directory="/work", output=b""),
    ]


def test_labrunners_own_command_is_no_command() -> None:
    turns, _ = turns_and_keys()
    heard(turns, PROMPT, Mark("C", ("bash",)))
    turns.found_prompt("bash", nested=True)
    turns.rearming()
    turns.entered()

    assert heard(turns, Mark("D", ("0", "77", "/inner"))) == [MarksBack()]
    assert heard(turns, Mark("C", ("ls",)), Mark("D", ("0", "77", "/inner"))) == [
        CommandStarted(text="ls"),
        CommandEnded(text="ls", exit_status=0, directory="/inner", output=b""),
    ]
    assert heard(turns, Mark("C", ("exit",)), PROMPT)[-1] == CommandEnded(
        text="exit", exit_status=0, directory="/work", output=b""
    )
