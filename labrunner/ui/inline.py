"""What stands inside a paragraph of Markdown, as spans: one renderer for each kind of inline node.

Importing this module costs 45 ms (markdown-it-py), like `prose`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from markdown_it.tree import SyntaxTreeNode

from labrunner.ui.style import Style
from labrunner.ui.text import Span

COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)

Looks = tuple[str, ...]


def inlines(node: SyntaxTreeNode, style: Style, looks: Looks = ()) -> list[Span]:
    """The spans of all that stands under a node."""
    spans: list[Span] = []
    for child in node.children:
        spans.extend(INLINES.get(child.type, as_text)(child, style, looks))
    return spans


def as_text(node: SyntaxTreeNode, style: Style, looks: Looks) -> list[Span]:
    return [Span(style.letters(node.content), looks)]


def code(node: SyntaxTreeNode, style: Style, looks: Looks) -> list[Span]:
    """Where colour cannot set it apart, backticks do, as the author wrote it."""
    text = style.letters(node.content)
    return [Span(text if style.colour else f"`{text}`", (*looks, "code"), whole=True)]


def link(node: SyntaxTreeNode, style: Style, looks: Looks) -> list[Span]:
    """The text, and in brackets where it leads, if that is another page and not what the text says anyway."""
    text = inlines(node, style, looks)
    url = str(node.attrs.get("href", ""))
    said = "".join(span.text for span in text)
    address = style.letters(url)
    if address.removeprefix("mailto:") == said:
        return [replace(span, looks=(*span.looks, "url")) for span in text]
    if not url or url.startswith("#"):
        return text
    return [*text, Span(" (", looks), Span(address, (*looks, "url")), Span(")", looks)]


def struck(node: SyntaxTreeNode, style: Style, looks: Looks) -> list[Span]:
    """Where no line can be drawn through it, the tildes stay: without them it would say the opposite."""
    text = inlines(node, style, (*looks, "struck"))
    return text if style.colour else [Span("~~", looks), *text, Span("~~", looks)]


def html(node: SyntaxTreeNode, style: Style, looks: Looks) -> list[Span]:
    return [Span(style.letters(COMMENT.sub("", node.content)), looks)]


INLINES: Mapping[str, Callable[[SyntaxTreeNode, Style, Looks], list[Span]]] = {
    "inline": inlines,
    "text": as_text,
    "softbreak": lambda _node, _style, looks: [Span(" ", looks)],
    "hardbreak": lambda _node, _style, looks: [Span("\n", looks)],
    "em": lambda node, style, looks: inlines(node, style, (*looks, "emphasis")),
    "strong": lambda node, style, looks: inlines(node, style, (*looks, "strong")),
    "s": struck,
    "code_inline": code,
    "link": link,
    "image": inlines,
    "html_inline": html,
}
"""An image's children are its alternative text."""
