"""`docker build --check` and `--call`: questions about a Dockerfile instead of a build.

buildx prints from the JSON; Source: moby/buildkit, frontend/subrequests.
"""

import base64
import json
from typing import Any

from labrunner.dockerfile import Dockerfile, Stage
from labrunner.practice.api.buildkit import failures
from labrunner.practice.api.buildkit.asked import Asked
from labrunner.practice.api.buildkit.grpc import Code, RpcError
from labrunner.practice.api.buildkit.messages import Position, Range, SourceInfo
from labrunner.practice.api.buildkit.messages_progress import VertexWarning
from labrunner.practice.api.buildkit.prepared import Prepared
from labrunner.practice.api.buildkit.story import Story
from labrunner.practice.build.failure import BuildFailure
from labrunner.practice.build.grammar import read_checked

VERSION = b"1.0.0"


async def answer(asked: Asked, prepared: Prepared) -> dict[str, bytes]:
    """Raises RpcError for a question that is not known."""
    match asked.call:
        case "frontend.lint":
            return _lint(prepared)
        case "frontend.targets":
            return _told({"targets": _targets(_whole(prepared)), "sources": [_base64(prepared.text)]})
        case "frontend.outline":
            return _told(_outline(asked, prepared))
        case "frontend.subrequests.describe":
            return _told([{"name": name, "version": "1.0.0", "type": "rpc"} for name in KNOWN])
        case _:
            raise RpcError(Code.UNKNOWN, f"unsupported request {asked.call}")


KNOWN = ("frontend.lint", "frontend.outline", "frontend.targets", "frontend.subrequests.describe")


def _told(value: Any) -> dict[str, bytes]:
    return {"result.json": json.dumps(value, indent=2).encode(), "version": VERSION}


def _whole(prepared: Prepared) -> Dockerfile:
    try:
        return read_checked(prepared.text, prepared.filename, buildkit=True)
    except BuildFailure as failure:
        raise failures.told(failure) from failure


def _targets(dockerfile: Dockerfile) -> list[dict[str, Any]]:
    found = []
    for number, stage in enumerate(dockerfile.stages, 1):
        target: dict[str, Any] = {"name": stage.name} if stage.name else {}
        if described := _description(dockerfile, stage.line, stage.name):
            target["description"] = described
        if number == len(dockerfile.stages):
            target["default"] = True
        found.append(
            {**target, "base": stage.base, "location": _location(stage.line, stage.instructions[0].end)}
        )
    return found


def _outline(asked: Asked, prepared: Prepared) -> dict[str, Any]:
    """The build arguments of the target and of the stages that it is built on."""
    dockerfile = _whole(prepared)
    stage = _target(dockerfile, asked.options.target)
    outline: dict[str, Any] = {"name": stage.name} if stage.name else {}
    if described := _description(dockerfile, stage.line, stage.name):
        outline["description"] = described
    arguments = []
    for instruction in (*dockerfile.globals, *stage.instructions):
        for text in instruction.arguments if instruction.keyword == "ARG" else ():
            name, _, value = text.partition("=")
            given = asked.options.build_args.get(name)
            row: dict[str, Any] = {"name": name}
            if said := _description(dockerfile, instruction.line, name):
                row["description"] = said
            if value or given:
                row["value"] = given if given is not None else value.strip("\"'")
            arguments.append({**row, "location": _location(instruction.line, instruction.end)})
    if arguments:
        outline["args"] = arguments
    return {**outline, "sources": [_base64(prepared.text)]}


def _target(dockerfile: Dockerfile, name: str) -> Stage:
    for number, stage in enumerate(dockerfile.stages):
        if name and name.lower() in (stage.name, str(number)):
            return stage
    if name:
        raise RpcError(Code.UNKNOWN, f'target stage "{name}" could not be found')
    return dockerfile.stages[-1]


def _description(dockerfile: Dockerfile, line: int, name: str) -> str:
    """A comment right above that begins with the name."""
    for comment in dockerfile.comments:
        if comment.line == line - 1 and name and comment.text.lower().startswith(name.lower() + " "):
            return comment.text[len(name) :].strip()
    return ""


def _lint(prepared: Prepared) -> dict[str, bytes]:
    """A Dockerfile that cannot be read is an answer too."""
    found, violation = prepared.checked()
    failed: dict[str, Any] = {"message": violation, "location": {}} if violation else {}
    try:
        read_checked(prepared.text, prepared.filename, buildkit=True)
    except BuildFailure as failure:
        where = _location(*failure.location) if failure.location is not None else {}
        failed = {"message": failure.message, "location": where}
    rows = [
        {
            "ruleName": warning.rule,
            "description": warning.description,
            "url": warning.url,
            "detail": warning.detail,
            "location": _location(*warning.lines),
        }
        for warning in found
    ]
    source = {"filename": prepared.filename, "data": _base64(prepared.text), "language": "Dockerfile"}
    told: dict[str, Any] = {"warnings": rows or None, "sources": [source]}
    told |= {"buildError": failed} if failed else {}
    return {**_told(told), "result.statuscode": b"1" if rows or failed else b"0"}


def check(prepared: Prepared, story: Story) -> None:
    """Tells what the Dockerfile's checks found, beside the step that has loaded it. Raises RpcError where the
    Dockerfile says that it must not be built then."""
    found, violation = prepared.checked()
    info = SourceInfo(
        filename=prepared.filename,
        data=prepared.text.encode("utf-8", "surrogateescape"),
        language="Dockerfile",
    )
    story.warn(
        tuple(
            VertexWarning(
                vertex=prepared.definition,
                level=1,
                short=f"{warning.rule}: {warning.detail} (line {warning.lines[0]})".encode(),
                detail=(warning.description.encode(),),
                url=warning.url,
                info=info,
                ranges=(Range(start=Position(line=warning.lines[0]), end=Position(line=warning.lines[1])),),
            )
            for warning in found
        )
    )
    if violation:
        raise RpcError(Code.UNKNOWN, violation)


def _location(first: int, last: int) -> dict[str, Any]:
    return {"ranges": [{"start": {"line": first}, "end": {"line": last}}]}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()
