"""Code in colours, through pygments, which is loaded only where there is colour and a language."""

from collections.abc import Mapping

from labrunner.ui.text import Line, Span

TOKENS: Mapping[str, tuple[str, ...]] = {
    "Token": ("code",),
    "Token.Comment": ("comment",),
    "Token.Keyword": ("code", "keyword"),
    "Token.Name.Variable": ("variable",),
    "Token.Literal.String": ("string",),
    "Token.Literal.String.Escape": ("variable",),
    "Token.Generic.Output": (),
    "Token.Generic.Prompt": ("quiet",),
}
"""Looks by pygments' token type; a type that is not in it looks like its parent."""


def highlight(code: str, language: str, *, colour: bool) -> tuple[Line, ...]:
    """The lines of clean code as spans; the text itself is never changed."""
    pieces = tokens(code, language) if colour and language else ()
    if "".join(text for text, _ in pieces) != code:
        pieces = ((code, TOKENS["Token"]),)  # some of pygments' lexers lose characters that they do not know
    lines: list[list[Span]] = [[]]
    for text, looks in pieces:
        for n, part in enumerate(text.split("\n")):
            if n:
                lines.append([])
            if part:
                lines[-1].append(Span(part, looks))
    return tuple(tuple(line) for line in lines)


def tokens(code: str, language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(text, looks) piece by piece; nothing where pygments does not know the language."""
    from pygments.lexers import get_lexer_by_name  # late: 20 ms, and 10 more for the lexer
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return ()
    found = [(text, looks_of(str(kind))) for kind, text in lexer.get_tokens(f"{code}\n")]
    if found and found[-1][0].endswith("\n"):
        text, looks = found.pop()
        found.append((text[:-1], looks))
    return tuple(found)


def looks_of(kind: str) -> tuple[str, ...]:
    while kind not in TOKENS:
        kind = kind.rpartition(".")[0]
    return TOKENS[kind]
