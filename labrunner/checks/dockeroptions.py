"""Which options the docker command knows: their short forms, and which of them take a value.

Source: the help texts of docker CLI 20.10 to 29. An option that is missing here is read as one without a
value, unless it is written with `=`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    short: Mapping[str, str]
    """Letter to long name."""
    valued: frozenset[str]
    """Long names that take a value."""


def _options(text: str) -> Options:
    """`p:publish=` is `-p` and `--publish VALUE`; `init` is `--init`."""
    short: dict[str, str] = {}
    valued: set[str] = set()
    for word in text.split():
        letter, _, name = word.rpartition(":")
        if name.endswith("="):
            name = name[:-1]
            valued.add(name)
        if letter:
            short[letter] = name
    return Options(short, frozenset(valued))


_RUN = """
a:attach= c:cpu-shares= d:detach e:env= h:hostname= i:interactive l:label= m:memory= p:publish= P:publish-all q:quiet
t:tty u:user= v:volume= w:workdir= add-host= annotation= blkio-weight= blkio-weight-device= cap-add= cap-drop=
cgroup-parent= cgroupns= cidfile= cpu-period= cpu-quota= cpu-rt-period= cpu-rt-runtime= cpus= cpuset-cpus=
cpuset-mems= detach-keys= device= device-cgroup-rule= device-read-bps= device-read-iops= device-write-bps=
device-write-iops= dns= dns-option= dns-search= domainname= entrypoint= env-file= expose= gpus= group-add=
health-cmd= health-interval= health-retries= health-start-interval= health-start-period= health-timeout= ip= ip6=
ipc= isolation= kernel-memory= label-file= link= link-local-ip= log-driver= log-opt= mac-address=
memory-reservation= memory-swap= memory-swappiness= mount= name= network= network-alias= oom-score-adj= pid=
pids-limit= platform= pull= restart= runtime= security-opt= shm-size= stop-signal= stop-timeout= storage-opt=
sysctl= tmpfs= ulimit= userns= uts= volume-driver= volumes-from=
"""
_BUILD = """
D:debug f:file= m:memory= o:output= q:quiet t:tag= add-host= allow= annotation= attest= build-arg= build-context=
builder= cache-from= cache-to= call= cgroup-parent= cpu-period= cpu-quota= c:cpu-shares= cpuset-cpus= cpuset-mems=
iidfile= isolation= label= memory-swap= metadata-file= network= no-cache-filter= platform= progress= secret=
security-opt= shm-size= ssh= target= ulimit=
"""

GLOBAL = _options(
    "H:host= c:context= D:debug l:log-level= v:version config= tls tlscacert= tlscert= tlskey= tlsverify"
)

_PRUNE = _options("a:all f:force filter= keep-storage= max-used-space= reserved-space= min-free-space=")
_COPY = _options("a:all-tags q:quiet platform=")
_STOP = _options("s:signal= t:timeout=")

OPTIONS: Mapping[tuple[str, ...], Options] = {
    ("builder", "prune"): _PRUNE,
    ("container", "attach"): _options("detach-keys="),
    ("container", "commit"): _options("a:author= c:change= m:message= p:pause"),
    ("container", "cp"): _options("a:archive L:follow-link q:quiet"),
    ("container", "create"): _options(_RUN),
    ("container", "exec"): _options(
        "d:detach e:env= i:interactive t:tty u:user= w:workdir= detach-keys= env-file="
    ),
    ("container", "export"): _options("o:output="),
    ("container", "inspect"): _options("f:format= s:size"),
    ("container", "kill"): _options("s:signal="),
    ("container", "logs"): _options("f:follow n:tail= t:timestamps since= until="),
    ("container", "ls"): _options("a:all f:filter= l:latest n:last= q:quiet s:size format="),
    ("container", "prune"): _PRUNE,
    ("container", "restart"): _STOP,
    ("container", "rm"): _options("f:force l:link v:volumes"),
    ("container", "run"): _options(_RUN),
    ("container", "start"): _options("a:attach i:interactive checkpoint= checkpoint-dir= detach-keys="),
    ("container", "stats"): _options("a:all format="),
    ("container", "stop"): _STOP,
    ("events",): _options("f:filter= format= since= until="),
    ("image", "build"): _options(_BUILD),
    ("image", "history"): _options("H:human q:quiet format= platform="),
    ("image", "import"): _options("c:change= m:message= platform="),
    ("image", "inspect"): _options("f:format= platform="),
    ("image", "load"): _options("i:input= q:quiet platform="),
    ("image", "ls"): _options("a:all f:filter= q:quiet format="),
    ("image", "prune"): _PRUNE,
    ("image", "pull"): _COPY,
    ("image", "push"): _COPY,
    ("image", "rm"): _options("f:force platform="),
    ("image", "save"): _options("o:output= platform="),
    ("info",): _options("f:format="),
    ("inspect",): _options("f:format= s:size type="),
    ("login",): _options("p:password= u:username="),
    ("network", "create"): _options("d:driver= o:opt= label= subnet= gateway= ip-range= scope="),
    ("network", "ls"): _options("f:filter= q:quiet format="),
    ("search",): _options("f:filter= format= limit="),
    ("system", "df"): _options("v:verbose format="),
    ("system", "prune"): _PRUNE,
    ("version",): _options("f:format="),
    ("volume", "create"): _options("d:driver= o:opt= label= name="),
    ("volume", "ls"): _options("f:filter= q:quiet format="),
}

OTHER = _options("f:format= filter=")
"""For commands that are not in the table."""

RENAMED = {"net": "network", "net-alias": "network-alias", "dns-opt": "dns-option", "time": "timeout"}
"""Old long names."""
