"""Base images: the text after FROM, made a reference, and found."""

from collections.abc import Mapping
from typing import Any

from labrunner.practice.build.checksum import of_text
from labrunner.practice.build.failure import BuildFailure
from labrunner.practice.build.report import Vertex
from labrunner.practice.build.workshop import Job
from labrunner.practice.images.image import Image
from labrunner.practice.refusal import Refused
from labrunner.reference import InvalidReference, Reference, parse

SCRATCH = "scratch"


class Bases:
    """The images that a BuildKit build stands on or copies from; each is looked up once, before anything runs."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._found: dict[Reference, Image] = {}
        self.pulled: set[Reference] = set()

    def image(self, reference: Reference) -> Image:
        return self._found[reference]

    async def find(self, text: str, lines: tuple[int, int]) -> Reference:
        """Raises `BuildFailure` as BuildKit does, told as a step of its own."""
        job = self._job
        text = job.options.contexts.get(text, text).removeprefix("docker-image://")
        try:
            reference = parse(text)
        except InvalidReference as error:
            raise _failure(job, f'failed to parse stage name "{text}": {error}', lines) from error
        if reference in self._found:
            return reference
        vertex = Vertex(
            id=of_text("resolve", str(reference)),
            name=f"[internal] load metadata for {reference}",
            number=0,
            total=0,
            text=f"FROM {text}",
            kind="resolve",
            lines=lines,
        )

        async def progress(message: Mapping[str, Any]) -> None:
            self.pulled.add(reference)
            await job.report.pulling(vertex, message)

        await job.report.started(vertex)
        try:
            self._found[reference] = await job.shop.base(reference, progress, pull=job.options.pull)
        except Refused as refusal:
            why = _why(refusal.message, reference)
            await job.report.failed(vertex, why)
            message = f"{text}: failed to resolve source metadata for {reference}: {why}"
            raise _failure(job, message, lines, vertex.id) from refusal
        await job.report.finished(vertex, "")
        return reference


def _why(message: str, reference: Reference) -> str:
    """The registry's refusal as BuildKit words it."""
    if message.startswith("pull access denied"):
        return (
            "pull access denied, repository does not exist or may require authorization: "
            "server message: insufficient_scope: authorization failed"
        )
    if "manifest unknown" in message or message.endswith("not found"):
        return f"{reference}: not found"
    return message


def _failure(job: Job, message: str, lines: tuple[int, int], vertex: str = "") -> BuildFailure:
    return BuildFailure(message, location=lines, dockerfile=job.text, filename=job.filename, vertex=vertex)
