"""Values filled into prose, scripts and YAML trees, with a complaint at each unknown name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from labrunner.errors import Location
from labrunner.lesson.pages import Line
from labrunner.lesson.problems import Problems, did_you_mean, one_of
from labrunner.lesson.values import fill, references
from labrunner.lesson.yaml_nodes import Node, Record, Scalar, Sequence

STAND_IN = "8080"
"""For a value that is not known: good as a name, a number and a port, so that one mistake stays one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filler:
    """Fills `values`; where there are none (the front matter could not be read), stand-ins, in silence."""

    values: Mapping[str, str] | None
    problems: Problems

    def text(self, text: str, at: Location) -> str:
        """A text whose lines stand below each other from `at` on."""
        if "{{" not in text:
            return text
        self.complain(text, at)
        return self._filled(text)

    def lines(self, lines: Iterable[Line], path: str) -> str:
        return "\n".join(self.text(line.text, Location(path=path, line=line.number)) for line in lines)

    def node(self, node: Node) -> Node:
        """The tree with its scalars filled, keys too."""
        match node:
            case Scalar():
                return self._scalar(node)
            case Sequence(items=items):
                return replace(node, items=tuple(self.node(item) for item in items))
            case Record(entries=entries):
                return replace(
                    node, entries=tuple((self._scalar(key), self.node(value)) for key, value in entries)
                )

    def complain(self, text: str, at: Location) -> None:
        """Report each name in the text that is no value of the lesson."""
        for reference in references(text):
            if self.values is not None and reference.name not in self.values:
                line_start = text.rfind("\n", 0, reference.offset) + 1
                self.problems.report(
                    f"The lesson has no value `{reference.name}`.",
                    f"{did_you_mean(reference.name, self.values)} There are {one_of(self.values)}; "
                    "for the braces themselves write `\\{{`.".lstrip(),
                    at=Location(
                        path=at.path,
                        line=at.line + text.count("\n", 0, reference.offset),
                        column=at.column + reference.offset - line_start,
                    ),
                )

    def _scalar(self, node: Scalar) -> Scalar:
        if "{{" not in node.text:
            return node
        self.complain(node.raw, node.at)
        return replace(node, text=self._filled(node.text), filled=True)

    def _filled(self, text: str) -> str:
        stand_ins = {reference.name: STAND_IN for reference in references(text)}
        return fill(text, {**stand_ins, **(self.values or {})})
