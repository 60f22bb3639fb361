"""Patterns for Dockerfile instructions: written like one, and read by what it does rather than how it is
spelled."""

import json
import re
from dataclasses import dataclass
from typing import Self

from labrunner.checks.commandline import like_words
from labrunner.checks.looking import called
from labrunner.checks.nearmiss import most_alike
from labrunner.checks.pattern import Pattern, like
from labrunner.dockerfile import KEYWORDS, Instruction

_TOKEN = re.compile(r"""&&|\|\||[;|]|(?:"[^"]*"|'[^']*'|[^\s;|&"'])+|["']""")
_EXPRESSIONS = {"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK", "ENV", "LABEL", "FROM"}
"""Keywords after which `/…/` is a regular expression; after others it is a path."""

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionPattern:
    """`COPY package.json`, `RUN npm ci`, `CMD ["node", "server.js"]`, `RUN /npm (ci|install)/`, `FROM
    *:latest`."""

    written: str
    keyword: str
    flags: Words = ()
    words: Words = ()
    expression: Pattern | None = None
    exec_form: bool = False
    """It was written as a list, so the instruction must be."""

    @classmethod
    def read(cls, text: str) -> Self:
        """ValueError where it does not begin with an instruction's keyword."""
        first, _, rest = text.strip().partition(" ")
        keyword, rest = first.upper(), rest.strip()
        if keyword not in KEYWORDS:
            meant = most_alike(keyword, KEYWORDS, 0.6)
            hint = f"; did you mean {meant}?" if meant else ", such as COPY or RUN."
            raise ValueError(f'"{text}" does not begin with an instruction{hint}')
        if keyword in _EXPRESSIONS and rest and not Pattern(rest).plain:
            return cls(written=text, keyword=keyword, expression=Pattern.read(rest))
        flags: list[str] = []
        while rest.startswith("--"):
            flag, _, rest = rest.partition(" ")
            flags.append(flag)
            rest = rest.strip()
        listed = _listed(rest)
        words = _normal(keyword, listed if listed is not None else _tokens(rest))
        return cls(
            written=text, keyword=keyword, flags=tuple(flags), words=words, exec_form=listed is not None
        )

    def fits(self, instruction: Instruction) -> bool:
        if instruction.keyword != self.keyword or (self.exec_form and instruction.form != "exec"):
            return False
        if self.expression is not None:
            return self.expression.found_in(_whole(instruction))
        if not all(any(_flag_fits(flag, given) for given in instruction.flags) for flag in self.flags):
            return False
        return not self.words or self._words_fit(words_of(instruction))

    def _words_fit(self, words: Words) -> bool:
        match self.keyword:
            case "COPY" | "ADD":
                return self._copies(words[:-1], words[-1:])
            case "FROM":
                return like_words((*self.words, "*"), _without_digest(words, self.words[0]))
            case "USER":
                return like(self.words[0], words[0] if ":" in self.words[0] else words[0].partition(":")[0])
            case "WORKDIR" | "STOPSIGNAL":
                return like_words(self.words, words)
            case "ENV" | "LABEL" | "ARG":
                names = tuple(word if "=" in word else f"{word}=*" for word in self.words)
                given = tuple(word if "=" in word else f"{word}=" for word in words)
                return all(any(like(name, word) for word in given) for name in names)
            case _:
                return like_words(("*", *self.words, "*"), words)

    def _copies(self, sources: Words, target: Words) -> bool:
        """One word is a source. Of several, the last may be the target. A source with wildcards copies what
        fits it."""
        *first, last = self.words
        if self._among((*first, last), sources):
            return True
        return bool(first) and self._among(tuple(first), sources) and like_words((last,), target)

    def _among(self, wanted: Words, sources: Words) -> bool:
        places = range(len(sources) - len(wanted) + 1)
        return any(
            all(
                like(want, have) or like(have, want) for want, have in zip(wanted, sources[at:], strict=False)
            )
            for at in places
        )


def words_of(instruction: Instruction) -> Words:
    """What an instruction says, word by word, without quotes; here-documents included."""
    if instruction.form == "exec":
        return _normal(instruction.keyword, instruction.arguments)
    if instruction.keyword in ("ENV", "LABEL", "ARG"):
        return tuple(_unquoted(argument) for argument in instruction.arguments)
    return _normal(instruction.keyword, _tokens(_whole(instruction)))


def shown(instruction: Instruction) -> str:
    """The instruction on one line, shortened."""
    text = " ".join(f"{instruction.keyword} {instruction.text}".split())
    return text if len(text) <= 80 else f"{text[:79]}…"


def _whole(instruction: Instruction) -> str:
    documents = "\n".join(document.text for document in instruction.heredocs)
    return f"{' '.join(instruction.arguments)}\n{documents}".strip()


def _tokens(text: str) -> Words:
    return tuple(_unquoted(token) for token in _TOKEN.findall(text))


def _unquoted(word: str) -> str:
    return re.sub(r"[\"']", "", word)


def _listed(text: str) -> Words | None:
    if not text.startswith("["):
        return None
    try:
        words = json.loads(text)
    except ValueError:
        return None
    return tuple(map(str, words)) if isinstance(words, list) else None


def _normal(keyword: str, words: Words) -> Words:
    match keyword:
        case "FROM":
            return tuple(called(word) if place == 0 else word.lower() for place, word in enumerate(words))
        case "EXPOSE":
            return tuple(word.removesuffix("/tcp") for word in words)
        case "COPY" | "ADD" | "WORKDIR":
            return tuple((word.rstrip("/") or "/").removeprefix("./") or "." for word in words)
        case _:
            return words


def _without_digest(words: Words, wanted: str) -> Words:
    """A digest may be added to any base image, unless the pattern has one of its own."""
    base = words[0] if "@" in wanted else words[0].partition("@")[0]
    return (
        base if ":" in base.rpartition("/")[2] else f"{base}:latest" if "@" not in base else base,
        *words[1:],
    )


def _flag_fits(wanted: str, given: str) -> bool:
    """`--mount=type=cache` fits `--mount=type=cache,target=/root/.npm`: all parts must be there."""
    name, _, value = wanted.partition("=")
    given_name, _, given_value = given.partition("=")
    parts = given_value.split(",")
    return name == given_name and all(
        any(like(want, part) for part in parts) for want in value.split(",") if want
    )
