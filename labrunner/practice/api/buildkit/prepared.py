"""One Dockerfile on its way to an image: its text is read, and the rest is done when the image is wanted."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from labrunner.practice.api.buildkit import failures
from labrunner.practice.api.buildkit.asked import Asked
from labrunner.practice.api.buildkit.filesync import LARGEST, Arrivals, tree
from labrunner.practice.api.buildkit.grpc import Code, RpcError
from labrunner.practice.api.buildkit.host import Daemon
from labrunner.practice.api.buildkit.session import Session
from labrunner.practice.api.buildkit.story import Step, Story
from labrunner.practice.api.buildkit.survey import Survey, survey
from labrunner.practice.api.buildkit.uploads import Uploads
from labrunner.practice.build import ignore, warnings
from labrunner.practice.build.context import Context
from labrunner.practice.build.failure import BuildFailure
from labrunner.practice.images.image import Image
from labrunner.practice.images.tree import EMPTY, Tree
from labrunner.practice.refusal import Refused
from labrunner.reference import HUB

CHECK = "BUILDKIT_DOCKERFILE_CHECK"
IGNORE = ".dockerignore"
HUB_ACCOUNT = "https://index.docker.io/v1/"
HUB_REGISTRY = "registry-1.docker.io"


class Prepared:
    def __init__(
        self, daemon: Daemon, uploads: Uploads, session: Session, story: Story, asked: Asked
    ) -> None:
        self._daemon = daemon
        self._uploads = uploads
        self._session = session
        self._story = story
        self._asked = asked
        self._files = AsyncExitStack()
        self._context: Tree | None = None
        self._excluded: tuple[str, ...] | None = None
        self._lock = asyncio.Lock()
        self._image: Image | None = None
        self.tags: tuple[str, ...] = ()
        self.text = ""
        self.definition = ""
        """The vertex that has loaded the Dockerfile: its warnings belong there."""

    @property
    def filename(self) -> str:
        return self._asked.options.dockerfile

    async def load(self) -> None:
        """The Dockerfile's text, and with it its own ignore file."""
        if self._asked.uploaded:
            await self._load_upload()
            return
        name = self.filename
        follow = (name, f"{name}{IGNORE}", *(("dockerfile",) if name == "Dockerfile" else ()))
        with self._story.step(f"[internal] load build definition from {name}") as step:
            self.definition = step.vertex.digest
            files = await self._receive(step, "dockerfile", follow=follow)
        self._read(tree(files))

    def _read(self, files: Tree) -> None:
        name = self.filename
        found = name if name in files or name != "Dockerfile" else "dockerfile"
        try:
            self.text = files.read(found).decode("utf-8", "surrogateescape")
        except (FileNotFoundError, IsADirectoryError) as error:
            raise RpcError(
                Code.UNKNOWN, f"failed to read dockerfile: open {name}: no such file or directory"
            ) from error
        if f"{name}{IGNORE}" in files:
            self._excluded = _patterns(files, f"{name}{IGNORE}")

    async def image(self) -> Image:
        """Builds it once, however often it is asked for."""
        async with self._lock:
            if self._image is None:
                self._image = await self._build()
            return self._image

    def checked(self) -> tuple[tuple[warnings.Warning, ...], str]:
        """What the Dockerfile's checks find, and why the build fails for it, where it asks for that."""
        given = self._asked.options.build_args
        said = (warnings.directive(self.text), warnings.directive(f"# check={given.get(CHECK) or ''}"))
        found = tuple(
            warning
            for warning in warnings.find(
                self.text, build_args=given, environment=warnings.environment_of(self._daemon.store)
            )
            if not said[1].skip & {"all", warning.rule}
        )
        rules = ", ".join(dict.fromkeys(warning.rule for warning in found))
        violated = found and any(each.error for each in said)
        return found, f"lint violation found for rules: {rules}" if violated else ""

    async def close(self) -> None:
        await self._files.aclose()

    async def _build(self) -> Image:
        needs = survey(self.text, self._asked.options.target)
        files = await self._needed(needs)
        options = replace(
            self._asked.options, dockerfile_text=self.text, tags=self.tags, secrets=await self._secrets(needs)
        )
        try:
            image = await self._daemon.build(
                await asyncio.to_thread(Context.of_tree, files),
                options,
                "buildkit",
                self._story,
                accounts=await self._accounts(needs),
            )
        except BuildFailure as failure:
            raise failures.told(failure) from failure
        except Refused as refusal:
            raise RpcError(Code.UNKNOWN, refusal.message) from refusal
        self._story.done()
        return image

    async def _needed(self, needs: Survey) -> Tree:
        """The context, as far as the Dockerfile reads it."""
        if self._context is not None:
            return self._context
        if self._excluded is None:
            later = self._story.after_resolving()
            with self._story.step(f"[internal] load {IGNORE}", later) as step:
                found = tree(await self._receive(step, "context", follow=(IGNORE,)))
            self._excluded = _patterns(found, IGNORE) if IGNORE in found else ()
        if not needs.context:
            return EMPTY
        later = self._story.after_base()
        with self._story.step("[internal] load build context", later) as step:
            files = await self._receive(
                step, "context", follow=needs.follow, exclude=self._excluded, keep=True
            )
        return tree(files)

    async def _receive(self, step: Step, name: str, **wanted: Any) -> Arrivals:
        async def tell(size: int, last: bool) -> None:
            await step.transferred(name, size, last)

        return await self._files.enter_async_context(
            self._uploads.folder(self._session, name, tell=tell, **wanted)
        )

    async def _load_upload(self) -> None:
        """`docker build -`, with an archive on stdin: the client hands it over as one file."""
        folder = self._files.enter_context(self._uploads.scratch())
        with self._story.step("[internal] load remote build context") as step:
            self.definition = step.vertex.digest
            spooled = folder / "context.tar"
            await _spool(self._session, self._asked.uploaded, spooled)
        with self._story.step("copy /context /"):
            unpacked = folder / "unpacked"
            unpacked.mkdir()
            try:
                self._context = (await asyncio.to_thread(Context.of_tar, spooled, unpacked)).files
            except Refused as refusal:
                raise RpcError(Code.UNKNOWN, refusal.message) from refusal
        self._read(self._context)

    async def _secrets(self, needs: Survey) -> dict[str, bytes]:
        found = {name: await self._session.secret(name) for name in needs.secrets}
        return {name: data for name, data in found.items() if data is not None}

    async def _accounts(self, needs: Survey) -> dict[str, Any]:
        """What `docker login` has kept, for the registries that the Dockerfile names."""
        accounts = {}
        for domain in needs.registries:
            username, secret = await self._session.credentials(HUB_REGISTRY if domain == HUB else domain)
            if username:
                key = HUB_ACCOUNT if domain == HUB else domain
                accounts[key] = {"username": username, "password": secret, "serveraddress": key}
        return accounts


async def _spool(session: Session, path: str, target: Path) -> None:
    size = 0
    call = await session.upload(path, "buildkit-session")
    with target.open("xb") as file:
        async for piece in call.answers():
            size += len(piece.data)
            if size > LARGEST:
                raise RpcError(
                    Code.UNKNOWN,
                    f"practice engine: a build context is at most {LARGEST >> 20} MB large",
                )
            file.write(piece.data)


def _patterns(files: Tree, name: str) -> tuple[str, ...]:
    return tuple(ignore.patterns(files.read(name).decode("utf-8", "surrogateescape")))
