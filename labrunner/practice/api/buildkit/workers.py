"""Who builds and what it can do, as buildx asks before each build."""

from labrunner.practice.api.buildkit.messages import Platform
from labrunner.practice.api.buildkit.messages_bridge import Capability, Pong
from labrunner.practice.api.buildkit.messages_workers import Info, Version, Worker, Workers

PLATFORM = Platform(architecture="amd64", os="linux")
VERSION = Version(package="github.com/moby/buildkit", version="v0.25.2+practice", dockerfile_version="1.19.0")
WORKER = Worker(id="labrunner-practice", platforms=(PLATFORM,), version=VERSION)

FRONTEND = (
    *(
        "frontend.caps",
        "frontend.inputs",
        "gateway.evaluate",
        "gateway.solve.evaluate",
        "gateway.solve.metadata",
    ),
    *("gateway.warnings", "proto.refarray", "readdir", "readfile", "reference.output", "resolveimage"),
    *("resolveimage.resolvemode", "return", "returnmap", "solve.base", "source.metaresolver", "statfile"),
)
LLB = (
    *("constraints", "exec.meta.base", "exec.meta.network", "exec.mount.bind", "exec.mount.cache"),
    *("exec.mount.secret", "exec.mount.tmpfs", "exporter.multiple", "file.base", "file.symlink.create"),
    *("history.filter", "meta.description", "meta.ignorecache", "platform", "source.image"),
    *("source.image.resolvemode", "source.local", "source.local.differ", "source.local.excludepatterns"),
    *("source.local.followpaths", "source.local.includepatterns", "source.local.sessionid"),
    *("source.local.sharedkeyhint",),
)


def workers() -> Workers:
    return Workers(record=(WORKER,))


def info() -> Info:
    return Info(version=VERSION)


def pong() -> Pong:
    return Pong(
        frontend=tuple(Capability(id=name, enabled=True) for name in FRONTEND),
        llb=tuple(Capability(id=name, enabled=True) for name in LLB),
        workers=(WORKER,),
    )
