"""Whether the learner has typed the right answer to a question."""

from dataclasses import dataclass
from typing import ClassVar

from labrunner.checks.amount import Amount, Tolerance
from labrunner.checks.computed import Computed, Gone, Right
from labrunner.checks.confusion import confusion, confusion_probes, how_to_see
from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.pattern import Pattern
from labrunner.checks.point import concluded, point
from labrunner.checks.reply import Figure, number_in, says, says_all, size_in
from labrunner.checks.verdict import Unknown, Verdict

_EXACT = Tolerance()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCheck:
    """The learner types an answer. It is read kindly: `7 layers`, `seven`, `1.98 MB`, `80/tcp` are
    understood.

    Give the answer as `number`, `text` or `size`, or have it computed from the engine with `of`. A wrong
    answer is told to be wrong, with the command that shows the right one; the right one is never given away.
    """

    example: ClassVar[str] = """\
of: {image: nginx, count: layers}
"""

    number: Amount | None = None
    """`1`, `">= 2"`."""
    text: tuple[str, ...] = ()
    """Texts of which any will do; capitals, quotes and spaces around do not matter. `/…/` is a regular
    expression."""
    size: Amount | None = None
    """`1.98MB`, `"< 20MB"`."""
    of: Computed | None = None
    """What is asked about, computed from the engine."""
    within: Tolerance | None = None
    """How far off a number or size may be: `10%`, `1`, `2MB`. Who rounds, as docker itself does, is right
    without it."""

    def __post_init__(self) -> None:
        given = [self.number is not None, bool(self.text), self.size is not None, self.of is not None]
        if sum(given) != 1:
            raise ValueError("Give one answer: `number`, `text`, `size` or `of`.")
        for text in self.text:
            Pattern.read(text)

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        if self.of is None or seen.answer is None:
            return ()
        wanted = self.of.probes(seen)
        if all(probe in seen.answers for probe in wanted) and not self._right(seen.answer, seen):
            wanted = (*wanted, *confusion_probes(self.of, seen))
        return wanted

    def judge(self, seen: Evidence) -> Verdict:
        if seen.answer is None:
            return concluded((point("answer", "answer", "", None, False),))
        reply = seen.answer.strip()
        right = self.of.right(seen) if self.of is not None else None
        if isinstance(right, Unknown):
            return right
        if isinstance(right, Gone):
            return concluded((point(f"image {right.image}", "of.image", right.image, None, False),))
        field, expected = self._expected(right)
        holds = self._right(reply, seen)
        if holds or self.of is None or right is None:
            return concluded((point("answer", field, expected, reply, holds),))
        mixed_up = confusion(self.of, seen, reply, right)
        field = f"{field}.{mixed_up}" if mixed_up else field
        return concluded((point("answer", field, expected, reply, False, how_to_see(self.of)),))

    def _expected(self, right: Right | None) -> tuple[str, str]:
        if right is not None:
            return "of", str(right)
        if self.number is not None:
            return "number", str(self.number)
        return ("size", str(self.size)) if self.size is not None else ("text", self.text[0])

    def _right(self, reply: str, seen: Evidence) -> bool:
        if self.text:
            return any(_written(reply, text) for text in self.text)
        if self.number is not None:
            return self._fits(number_in(reply), self.number)
        if self.size is not None:
            return self._fits(size_in(reply), self.size)
        right = self.of.right(seen) if self.of is not None else None
        if not isinstance(right, Right):
            return False
        if right.kind == "text":
            return any(_means(reply, text) for text in right.texts) or (
                bool(right.whole) and says_all(reply, right.whole)
            )
        figure = size_in(reply) if right.kind == "size" else number_in(reply)
        return self._fits(figure, Amount(number=right.number))

    def _fits(self, figure: Figure | None, amount: Amount) -> bool:
        if figure is None:
            return False
        tolerance = self.within or _EXACT
        slack = figure.slack if amount.relation == "=" else 0.0
        close = tolerance.allows(amount.number, figure.number)
        rounded = abs(figure.number - amount.number) <= max(slack, amount.slack)
        return (amount.relation == "=" and (close or rounded)) or amount.holds(figure.number)


def _written(reply: str, text: str) -> bool:
    """One of the author's texts, or an expression between slashes."""
    pattern = Pattern(text)
    return says(reply, text) if pattern.plain else pattern.found_in(reply)


def _means(reply: str, text: str) -> bool:
    """A text, or the beginning of a digest as Docker's tables show it."""
    start = reply.strip().lower().removeprefix("sha256:")
    is_digest = text.startswith("sha256:") and len(start) >= 6
    return says(reply, text) or (is_digest and text.removeprefix("sha256:").startswith(start))
