"""What a running shell remembers: variables, functions, options, where it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from labrunner.practice.programs.shell.failures import Fixed, TooMuch
from labrunner.practice.programs.shell.syntax import Function

VALUE = 8 * 1024 * 1024
TOTAL = 48 * 1024 * 1024
ELEMENTS = 100_000


@dataclass(frozen=True, slots=True)
class Variable:
    value: str | None = None
    """None: declared, not set."""
    exported: bool = False
    fixed: bool = False
    items: Mapping[int | str, str] | None = None
    """The elements of an array."""
    integer: bool = False


@dataclass(slots=True)
class State:
    variables: dict[str, Variable] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    options: set[str] = field(default_factory=set)
    """Letters and long names that are on: `e`, `u`, `x`, `f`, `n`, `C`, `a`, `pipefail` …"""
    shopt: set[str] = field(default_factory=set)
    associative: set[str] = field(default_factory=set)
    """The names of arrays whose keys are words."""
    traps: dict[str, str] = field(default_factory=dict)
    name: str = "sh"
    arguments: list[str] = field(default_factory=list)
    status: int = 0
    last_background: int | None = None
    line: int = 1
    locals: list[dict[str, Variable | None]] = field(default_factory=list)
    held: int = 0

    def copy(self) -> State:
        """For a subshell: traps are forgotten, all else is its own."""
        return replace(
            self,
            variables=dict(self.variables),
            functions=dict(self.functions),
            aliases=dict(self.aliases),
            options=set(self.options),
            shopt=set(self.shopt),
            associative=set(self.associative),
            traps={name: action for name, action in self.traps.items() if action == ""},
            arguments=list(self.arguments),
            locals=[dict(scope) for scope in self.locals],
        )

    def get(self, name: str) -> str | None:
        variable = self.variables.get(name)
        if variable is None:
            return None
        if variable.items is not None:
            return variable.items.get(0) if 0 in variable.items else None
        return variable.value

    def set(self, name: str, value: str, *, exported: bool | None = None) -> None:
        old = self.variables.get(name, Variable())
        if old.fixed:
            raise Fixed(name)
        self._weigh(len(value) - len(old.value or ""))
        if len(value) > VALUE:
            raise TooMuch
        export = old.exported or "a" in self.options if exported is None else exported
        if old.items is not None:
            self.variables[name] = replace(old, items={**old.items, 0: value}, exported=export)
        else:
            self.variables[name] = replace(old, value=value, exported=export)

    def set_items(self, name: str, items: Mapping[int | str, str]) -> None:
        old = self.variables.get(name, Variable())
        if old.fixed:
            raise Fixed(name)
        if len(items) > ELEMENTS:
            raise TooMuch
        self._weigh(sum(map(len, items.values())) - sum(map(len, (old.items or {}).values())))
        self.variables[name] = replace(old, value=None, items=dict(items))

    def _weigh(self, more: int) -> None:
        self.held += more
        if self.held > TOTAL:
            raise TooMuch

    def mark(self, name: str, *, exported: bool | None = None, fixed: bool | None = None) -> None:
        old = self.variables.get(name, Variable())
        self.variables[name] = replace(
            old,
            exported=old.exported if exported is None else exported,
            fixed=old.fixed if fixed is None else fixed,
        )

    def unset(self, name: str) -> None:
        old = self.variables.get(name)
        if old is not None and old.fixed:
            raise Fixed(name)
        self.variables.pop(name, None)

    def localise(self, name: str) -> None:
        """From now to the end of the function the variable is the function's own."""
        if self.locals and name not in self.locals[-1]:
            self.locals[-1][name] = self.variables.get(name)

    def leave(self) -> None:
        """The end of a function."""
        for name, old in self.locals.pop().items():
            if old is None:
                self.variables.pop(name, None)
            else:
                self.variables[name] = old

    def environment(self) -> dict[str, str]:
        return {
            name: variable.value
            for name, variable in self.variables.items()
            if variable.exported and variable.value is not None
        }

    def exported(self) -> Iterator[tuple[str, str | None]]:
        for name, variable in sorted(self.variables.items()):
            if variable.exported:
                yield name, variable.value
