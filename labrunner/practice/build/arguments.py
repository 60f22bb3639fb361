"""What COPY, ADD and RUN are asked with, here-documents included."""

from labrunner.dockerfile import Instruction
from labrunner.practice.build import metadata
from labrunner.practice.build.copying import Document
from labrunner.practice.build.expand import Expander


def copied(instruction: Instruction, expander: Expander) -> tuple[list[str], list[Document], str]:
    """The sources, here-documents and target of COPY or ADD; raises ValueError."""
    words = list(instruction.arguments)
    documents: list[Document] = []
    sources: list[str] = []
    names = {each.name: each for each in instruction.heredocs}
    for word in words[:-1]:
        name = word.removeprefix("<<").removeprefix("-").strip("\"'")
        if word.startswith("<<") and name in names:
            data = expander.document(names[name]).encode("utf-8", "surrogateescape")
            documents.append(Document(name=name, data=data))
        else:
            sources.append(expander.word(word))
    return sources, documents, expander.word(words[-1])


def started(
    instruction: Instruction, config: metadata.Config
) -> tuple[list[str], tuple[str, str] | None, str]:
    """What RUN starts, the script that it may need as a file, and what its step's name says of here-documents."""
    heredocs = instruction.heredocs
    if not heredocs or instruction.form == "exec":
        return metadata.command(instruction, config), None, ""
    shell = list(config.get("Shell") or metadata.DEFAULT_SHELL)
    line = " ".join(instruction.arguments)
    first = heredocs[0]
    if len(heredocs) == 1 and line.removeprefix("<<").removeprefix("-").strip("\"' ") == first.name:
        from e2b_dockerfile_utils import chomp_heredoc_content

        text: str = chomp_heredoc_content(first.text) if first.strip_tabs else first.text
        lines = text.splitlines()
        shown = f" ({lines[0] if lines else ''}{'...' if len(lines) > 1 else ''})"
        if text.startswith("#!"):
            return [*shell, f"/dev/pipes/{first.name}"], (first.name, text), shown
        return [*shell, text], None, shown
    for each in heredocs:
        line += f"\n{each.text}{each.name}"
    return [*shell, line], None, ""
