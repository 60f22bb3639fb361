"""moby.buildkit.v1.frontend.LLBBridge: buildx drives the Dockerfile frontend by these calls and returns its result."""

import fnmatch
import json
import posixpath

from labrunner.practice.api.buildkit import questions, workers
from labrunner.practice.api.buildkit.asked import read
from labrunner.practice.api.buildkit.builds import Build, Builds
from labrunner.practice.api.buildkit.filesync import listing
from labrunner.practice.api.buildkit.grpc import Call, Code, RpcError
from labrunner.practice.api.buildkit.host import Daemon
from labrunner.practice.api.buildkit.messages import Empty, Stat
from labrunner.practice.api.buildkit.messages_bridge import (
    BridgeSolve,
    BridgeSolved,
    FileContent,
    FileStat,
    Folder,
    Pong,
    ReadFile,
    ReadFolder,
    Ref,
    Result,
    Return,
    Warn,
)
from labrunner.practice.api.buildkit.messages_progress import VertexWarning
from labrunner.practice.api.buildkit.prepared import Prepared
from labrunner.practice.images.tree import Tree

FRONTENDS = ("dockerfile.v0",)
BUILD = "buildkit-controlapi-buildid"
PLATFORMS = json.dumps(
    {
        "Platforms": [
            {"ID": "linux/amd64", "Platform": {"architecture": "amd64", "os": "linux"}},
        ]
    },
    separators=(",", ":"),
).encode()


class Gateway:
    def __init__(self, daemon: Daemon, builds: Builds) -> None:
        self._daemon = daemon
        self._builds = builds

    async def ping(self, _asked: Empty, _call: Call) -> Pong:
        return workers.pong()

    async def solve(self, asked: BridgeSolve, call: Call) -> BridgeSolved:
        build = self._build(call)
        if asked.frontend not in FRONTENDS:
            what = f"the frontend {asked.frontend}" if asked.frontend else "a build by LLB definition"
            raise RpcError(Code.UNKNOWN, f"practice engine: {what} is not simulated")
        wanted = read(asked.options)
        build.frontend_attrs = dict(asked.options)
        whole = await build.asked
        session = await self._builds.sessions.find(whole.session)
        prepared = Prepared(self._daemon, self._builds.uploads, session, build.story, wanted)
        ref = build.keep(prepared)
        await prepared.load()
        if wanted.call:
            return BridgeSolved(result=Result(ref=Ref(), metadata=await questions.answer(wanted, prepared)))
        questions.check(prepared, build.story)
        if asked.evaluate:
            await prepared.image()
        return BridgeSolved(result=Result(ref=Ref(id=ref), metadata={"refs.platforms": PLATFORMS}))

    async def give_back(self, asked: Return, call: Call) -> Empty:
        build = self._build(call)
        if build.returned.done():
            raise RpcError(Code.FAILED_PRECONDITION, "the build has returned already")
        build.returned.set_result(asked)
        return Empty()

    async def inputs(self, _asked: Empty, _call: Call) -> Empty:
        return Empty()

    async def evaluate(self, asked: ReadFile, call: Call) -> Empty:
        await self._tree(asked.ref, call)
        return Empty()

    async def read_file(self, asked: ReadFile, call: Call) -> FileContent:
        files = await self._tree(asked.ref, call)
        try:
            data = files.read(asked.path)
        except FileNotFoundError as error:
            raise RpcError(Code.UNKNOWN, f"open {asked.path}: no such file or directory") from error
        except IsADirectoryError as error:
            raise RpcError(Code.UNKNOWN, f"read {asked.path}: is a directory") from error
        if asked.range is not None:
            end = asked.range.offset + asked.range.length if asked.range.length else None
            data = data[asked.range.offset : end]
        return FileContent(data=data)

    async def read_folder(self, asked: ReadFolder, call: Call) -> Folder:
        files = await self._tree(asked.ref, call)
        found = files.resolve(asked.path)
        if found is None:
            raise RpcError(Code.UNKNOWN, f"open {asked.path}: no such file or directory")
        stats = {stat.path: stat for stat, _ in listing(files)}
        names = [name for name in files.children(found) if fnmatch.fnmatchcase(name, asked.pattern or "*")]
        return Folder(entries=tuple(_named(stats[posixpath.join(found, name)], name) for name in names))

    async def stat_file(self, asked: ReadFile, call: Call) -> FileStat:
        files = await self._tree(asked.ref, call)
        found = files.resolve(asked.path, follow_last=False)
        for stat, _ in listing(files):
            if stat.path == found:
                return FileStat(stat=_named(stat, posixpath.basename(stat.path)))
        raise RpcError(Code.UNKNOWN, f"lstat {asked.path}: no such file or directory")

    async def warn(self, asked: Warn, call: Call) -> Empty:
        self._build(call).story.warn(
            (
                VertexWarning(
                    vertex=asked.digest,
                    level=asked.level,
                    short=asked.short,
                    detail=asked.detail,
                    url=asked.url,
                    info=asked.info,
                    ranges=asked.ranges,
                ),
            )
        )
        return Empty()

    def _build(self, call: Call) -> Build:
        ref = call.metadata.get(BUILD, "")
        if not ref:
            raise RpcError(Code.INVALID_ARGUMENT, "no buildid found in context")
        return self._builds.build(ref)

    async def _tree(self, ref: str, call: Call) -> Tree:
        prepared = self._build(call).prepared.get(ref)
        if prepared is None:
            raise RpcError(Code.NOT_FOUND, f"no such ref: {ref}")
        return self._daemon.store.tree(await prepared.image())


def _named(stat: Stat, name: str) -> Stat:
    return Stat(
        path=name,
        mode=stat.mode,
        uid=stat.uid,
        gid=stat.gid,
        size=stat.size,
        modified=stat.modified,
        link=stat.link,
    )
