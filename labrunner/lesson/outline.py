"""A Markdown file cut at its `##` headings, and each page into prose, fences and task lists.

markdown-it decides what is a block, so a heading in a fence, a list or a quote is no step, as on GitHub. The
text itself is taken from the author's lines, unchanged.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

from labrunner.errors import LessonError, Location
from labrunner.lesson.pages import Fence, Line, Outline, Page, TaskList
from labrunner.lesson.problems import Problems, shown
from labrunner.lesson.roles import ROLES, read_info
from labrunner.lesson.source import STEP_LIMIT
from labrunner.lesson.tasks import items_of, read_tasks

NESTING_LIMIT = 16
HEADING_LIMIT = 200
STEP_COUNT_LIMIT = 200


def outline(text: str, path: str, problems: Problems, *, skip: int = 0) -> Outline:
    """The pages of a lesson; its first `skip` lines (the front matter) are passed over.

    Raises `LessonError` for a step over 256 KiB and for more than 200 steps.
    """
    lines = text.split("\n")
    _refuse_too_much(lines, path)
    source = "\n".join([""] * skip + lines[skip:])
    tokens = _BLOCKS.parse(source)
    return _Cutter(path, lines, tokens, problems).cut(skip)


def _refuse_too_much(lines: list[str], path: str) -> None:
    """Before anything is parsed: lines that look like headings cut the text at least where headings do."""
    size = headings = begin = 0
    for number, line in enumerate(lines):
        if line.startswith("## "):
            size, begin = 0, number
            headings += 1
        size += len(line.encode()) + 1
        if size > STEP_LIMIT:
            what = "A step is longer than 256 KiB."
            raise LessonError(what, "Split it.", at=Location(path=path, line=begin + 1))
    if headings > 10 * STEP_COUNT_LIMIT:
        what = f"A lesson has at most {STEP_COUNT_LIMIT} steps."
        raise LessonError(what, "Split it.", at=Location(path=path, line=begin + 1))


_BLOCKS = MarkdownIt("commonmark").disable("inline")
_INLINE = MarkdownIt("commonmark")

_BRACES = "\ue000"
_COMMENT = re.compile(r"\s*<!--(.*?)-->\s*", re.DOTALL)
_ID = re.compile(r"\s*id\s*:\s*(\S+)\s*", re.IGNORECASE)
_DEFINITION = re.compile(r" {0,3}\[([^\]\[^]{1,80})\]:\s*\S")


class _Cutter:
    """Walks the top-level blocks once; what it does not cut out is prose."""

    def __init__(self, path: str, lines: list[str], tokens: list[Token], problems: Problems) -> None:
        self._path = path
        self._lines = lines
        self._tokens = tokens
        self._problems = problems
        self._title: str | None = None
        self._intro = Page(at=self._at(0))
        self._pages = [self._intro]
        self._done = 0
        """Lines before this one are on a page already."""

    def cut(self, skip: int) -> Outline:
        self._done = skip
        self._refuse_what_cannot_be_seen_whole()
        for place, token in enumerate(self._tokens):
            if token.level == 0 and token.map is not None and token.nesting >= 0:
                self._block(place, token, *token.map)
        self._prose_until(len(self._lines))
        return Outline(
            title=self._title or "",
            intro=self._intro,
            steps=tuple(self._pages[1:]),
            definitions=self._definitions(),
        )

    def _block(self, place: int, token: Token, first: int, end: int) -> None:
        match token.type:
            case "heading_open" if token.tag in {"h1", "h2"}:
                self._prose_until(first)
                self._heading(token, self._tokens[place + 1].content, first)
                self._done = end
            case "fence":
                self._prose_until(first)
                self._page.blocks.append(self._fence(token, first, end))
                self._done = end
            case "bullet_list_open" | "ordered_list_open":
                self._list(place, first)
            case "html_block" if comment := _COMMENT.fullmatch(token.content):
                self._prose_until(first)
                self._comment(comment[1], first)
                self._done = end
            case "html_block" if "<!--" in token.content and "-->" not in token.content:
                self._problems.report(
                    "This comment is never closed, so all that follows is part of it.",
                    "End it with `-->`.",
                    at=self._at(first),
                )
            case _:
                pass

    @property
    def _page(self) -> Page:
        return self._pages[-1]

    def _heading(self, token: Token, content: str, first: int) -> None:
        at = self._at(first)
        if not token.markup.startswith("#"):
            self._problems.report(
                f"The line under `{shown(content)}` makes it a heading.",
                "Begin a step with `##`; leave a blank line before a rule (`---`).",
                at=at,
            )
            return
        title = _plain(content)
        if len(title) > HEADING_LIMIT:
            self._problems.report(f"A heading has at most {HEADING_LIMIT} characters.", "Shorten it.", at=at)
            title = title[:HEADING_LIMIT]
        if token.tag == "h2":
            if len(self._pages) > STEP_COUNT_LIMIT:
                raise LessonError(f"A lesson has at most {STEP_COUNT_LIMIT} steps.", "Split it.", at=at)
            self._pages.append(Page(title=title, at=at))
        elif self._title is None and len(self._pages) == 1:
            self._title = title
        else:
            self._problems.report(
                "A lesson has one `#` heading, its title, before the first step.",
                "Begin a step with `##`, and a part of a step with `###`.",
                at=at,
            )

    def _fence(self, token: Token, first: int, end: int) -> Fence:
        indent = len(self._lines[first]) - len(self._lines[first].lstrip(" "))
        return Fence(
            info=read_info(token.info),
            text=token.content,
            lines=self._lines_between(first, end),
            at=Location(path=self._path, line=first + 2, column=indent + 1),
        )

    def _comment(self, text: str, first: int) -> None:
        written = _ID.fullmatch(text)
        if written is None:
            if re.match(r"\s*id\b", text, re.IGNORECASE):
                self._problems.report(
                    f"`{shown(text)}` is not an id.", "Write `<!-- id: some-words -->`.", at=self._at(first)
                )
            return
        page = self._page
        under_heading = page is not self._intro and all(
            isinstance(block, Line) and not block.text.strip() for block in page.blocks
        )
        if under_heading and page.id is None:
            page.id = written[1]
        else:
            self._problems.report(
                "An id stands right under the heading of its step.", "Move it there.", at=self._at(first)
            )

    def _list(self, place: int, first: int) -> None:
        """Cut out a list whose items are tasks; leave any other to the prose."""
        items = items_of(self._tokens, place)
        if not any(item.marked for item in items):
            return
        if self._page is self._intro:
            self._problems.report(
                "A task list is a question, and no step has begun here.",
                "Move it under a `##` heading.",
                at=self._at(first),
            )
            return
        self._prose_until(first)
        self._done = items[-1].end
        self._page.blocks.append(
            TaskList(
                tasks=read_tasks(items, self._lines, self._path, self._problems),
                lines=self._lines_between(first, self._done),
                at=self._at(first),
            )
        )

    def _refuse_what_cannot_be_seen_whole(self) -> None:
        for token in self._tokens:
            if token.map is None:
                continue
            if token.level >= NESTING_LIMIT:
                self._problems.report(
                    f"Lists and quotes are nested deeper than {NESTING_LIMIT} levels here.",
                    "Flatten them.",
                    at=self._at(token.map[0]),
                )
                break
            if token.type == "fence":
                self._check_fence(token, *token.map)

    def _check_fence(self, token: Token, first: int, end: int) -> None:
        if end - 1 == first or not self._lines[end - 1].rstrip().endswith(token.markup):
            self._problems.report(
                "This fence is never closed, so all that follows is part of it.",
                f"End it with a line {token.markup}; a fence that holds another has to begin with more of them.",
                at=self._at(first),
            )
        info = read_info(token.info)
        if token.level > 0 and (info.role in ROLES or info.language in ROLES):
            self._problems.report(
                f"A `{info.role or info.language}` block stands inside a list or a quote.",
                "Move it to the left margin, after the list.",
                at=self._at(first),
            )

    def _definitions(self) -> dict[str, Line]:
        prose = [block for page in self._pages for block in page.blocks if isinstance(block, Line)]
        written = ((_DEFINITION.match(line.text), line) for line in prose)
        return {match[1].lower(): line for match, line in written if match is not None}

    def _prose_until(self, end: int) -> None:
        self._page.blocks.extend(self._lines_between(self._done, end))
        self._done = max(self._done, end)

    def _lines_between(self, first: int, end: int) -> tuple[Line, ...]:
        return tuple(
            Line(number=n + 1, text=self._lines[n]) for n in range(first, min(end, len(self._lines)))
        )

    def _at(self, line: int) -> Location:
        return Location(path=self._path, line=line + 1)


def _plain(markdown: str) -> str:
    """The words of a heading without their markup."""
    if len(markdown) > 4 * HEADING_LIMIT:
        return markdown
    # `\\{{` has a meaning of its own later, which Markdown's `\\{` would take away.
    children = _INLINE.parseInline(markdown.replace("\\{{", _BRACES))[0].children or []
    words = "".join(child.content for child in children if child.type != "html_inline").split()
    return " ".join(words).replace(_BRACES, "\\{{")
