"""A lesson's Markdown as terminal text: one renderer for each kind of block.

Importing this module costs 45 ms (markdown-it-py): import it when there is prose to draw, not before.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from labrunner.ui.inline import COMMENT, inlines
from labrunner.ui.style import Style
from labrunner.ui.table import draw_table
from labrunner.ui.text import Line, Span, width, wrap

NARROWEST = 12
"""Columns that deeply nested prose is still given."""

TASK = re.compile(r"\[([ xX])\] +")

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What prose is drawn on."""

    columns: int
    style: Style
    boxes: bool = True
    """Tables in columns and quotes with a bar; otherwise in words, which is what a screen reader needs."""

    def narrower(self, cells: int) -> "Page":
        return replace(self, columns=max(self.columns - cells, NARROWEST))

    def paragraph(self, spans: Iterable[Span]) -> list[str]:
        return [self.style.line(line) for line in wrap(spans, self.columns)]


def render(markdown: str, page: Page) -> str:
    """Lines that end with a newline, or nothing. Code lines are never cut, even if the page is narrower."""
    return "".join(f"{line}\n" for line in blocks(parse(markdown), page))


def render_line(markdown: str, style: Style) -> Line:
    """One paragraph of Markdown as spans, to be put into a line of something else."""
    return tuple(inlines(SyntaxTreeNode(PARSER.parseInline(markdown)), style))


def parse(markdown: str) -> SyntaxTreeNode:
    """The page as a tree; a list item that begins with a task's box has `box` in its meta instead."""
    tokens = PARSER.parse(markdown)
    for item, _paragraph, inline in zip(tokens, tokens[1:], tokens[2:], strict=False):
        found = TASK.match(inline.content)
        if item.type == "list_item_open" and inline.type == "inline" and found and inline.children:
            item.meta["box"] = "unticked" if found[1] == " " else "ticked"
            inline.children[0].content = TASK.sub("", inline.children[0].content, count=1)
    return SyntaxTreeNode(tokens)


def blocks(node: SyntaxTreeNode, page: Page) -> list[str]:
    """The lines of a node's children, with an empty line between any two that are not a tight list item's."""
    lines: list[str] = []
    close = tight(node)
    for child in node.children:
        drawn = RENDERERS.get(child.type, draw_as_text)(child, page)
        if drawn and lines and not close:
            lines.append("")
        lines.extend(drawn)
    return lines


def tight(item: SyntaxTreeNode) -> bool:
    """Whether no empty lines stand in this list item: markdown-it then hides its paragraphs."""
    return any(child.type == "paragraph" and child.hidden for child in item.children)


def draw_paragraph(node: SyntaxTreeNode, page: Page) -> list[str]:
    return page.paragraph(inlines(node, page.style))


def draw_heading(node: SyntaxTreeNode, page: Page) -> list[str]:
    return page.paragraph(inlines(node, page.style, ("heading",)))


def draw_rule(_node: SyntaxTreeNode, page: Page) -> list[str]:
    line = page.style.mark("rule") * 20 if page.boxes else "---"
    return [page.style.paint(line, "quiet")]


def draw_code(node: SyntaxTreeNode, page: Page) -> list[str]:
    """Indented rather than boxed, so that what is copied is the code."""
    from labrunner.ui.highlight import highlight  # late: only code needs it

    language = node.info.split(maxsplit=1)[0] if node.info.strip() else ""
    code = highlight(page.style.letters(node.content.rstrip("\n")), language, colour=page.style.colour)
    return [page.style.line((Span("    "), *line)) for line in code]


def draw_quote(node: SyntaxTreeNode, page: Page) -> list[str]:
    bar = page.style.paint(page.style.mark("bar"), "quiet") if page.boxes else " "
    return [f"{bar} {line}".rstrip() for line in blocks(node, page.narrower(2))]


def draw_list(node: SyntaxTreeNode, page: Page) -> list[str]:
    loose = not any(tight(item) for item in node.children)
    heads = [head(item, n, page.style) for n, item in enumerate(node.children)]
    room = max(width(text) for text in heads) + 1
    lines: list[str] = []
    for n, (text, item) in enumerate(zip(heads, node.children, strict=True)):
        if n and loose:
            lines.append("")
        drawn = blocks(item, page.narrower(room + 2)) or [""]
        pad = " " * (room - 1 - width(text))
        text = pad + text if text[0].isdigit() else text + pad
        lines.append(f"  {text} {drawn[0]}".rstrip())
        lines.extend(f"  {' ' * room}{line}".rstrip() for line in drawn[1:])
    return lines


def head(item: SyntaxTreeNode, place: int, style: Style) -> str:
    """What stands before a list item: its number, its task's box, or a bullet."""
    if item.meta.get("box"):
        return style.mark(item.meta["box"])
    if item.parent is not None and item.parent.type == "ordered_list":
        return f"{int(item.parent.attrs.get('start', 1)) + place}."
    return style.mark("bullet")


def draw_html(node: SyntaxTreeNode, page: Page) -> list[str]:
    """HTML is shown as it was written; comments are the author's and are dropped."""
    text = COMMENT.sub("", node.content).strip()
    return page.paragraph([Span(page.style.letters(text))]) if text else []


def draw_rows(node: SyntaxTreeNode, page: Page) -> list[str]:
    rows = [
        tuple(tuple(inlines(cell, page.style)) for cell in row.children)
        for part in node.children
        for row in part.children
    ]
    right = [cell.attrs.get("style") == "text-align:right" for cell in node.children[0].children[0].children]
    return draw_table(rows, right, page.columns, page.style, boxes=page.boxes)


def draw_as_text(node: SyntaxTreeNode, page: Page) -> list[str]:
    return page.paragraph([Span(page.style.letters(node.content))])


RENDERERS: Mapping[str, Callable[[SyntaxTreeNode, Page], list[str]]] = {
    "paragraph": draw_paragraph,
    "heading": draw_heading,
    "hr": draw_rule,
    "fence": draw_code,
    "code_block": draw_code,
    "blockquote": draw_quote,
    "bullet_list": draw_list,
    "ordered_list": draw_list,
    "html_block": draw_html,
    "table": draw_rows,
}
