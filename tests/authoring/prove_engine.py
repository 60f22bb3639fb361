"""An engine in a folder, and a `docker` command that works on the same folder: enough to prove small lessons with.

An image is a file in `images`, named as it is and holding its ID; a container a file in `containers` that holds its
ID, its image and its state. There is no gateway in front of it, as with an engine that is reached over ssh.
"""

import hashlib
import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from labrunner.engine.facts import (
    Container,
    ContainerState,
    ContainerSummary,
    EngineEvent,
    EngineFacts,
    ImageSummary,
    Observation,
)
from labrunner.engine.protocol import EngineAnswer, EngineProbe, InspectContainer, Thing

DOCKER = """\
#!/bin/sh
cd "{folder}" || exit 1
verb="$1 $2"; shift 2
name=
while [ $# -gt 0 ]; do
  case $1 in
    --name) name=$2; shift 2 ;;
    --time) shift 2 ;;
    -d | --force | --quiet | --no-trunc) shift ;;
    -*) echo "unknown flag: $1" >&2; exit 125 ;;
    *) break ;;
  esac
done
case $verb in
  "image pull")
    case $1 in *:*) image=$1 ;; *) image=$1:latest ;; esac
    printf 'sha256:%s' "$(printf %s "$image" | sha256sum | cut -c1-64)" > "images/$image" ;;
  "image tag") printf %s "$1" > "images/$2" ;;
  "container run")
    [ ! -e "containers/$name" ] || {{ echo "Conflict. The name $name is in use" >&2; exit 125; }}
    printf '%s %s running' "$(date +%s%N | sha256sum | cut -c1-64)" "$1" > "containers/$name" ;;
  "container stop" | "container kill") sed -i 's/running/exited/' "containers/$1" ;;
  "container rm") rm "containers/$1" ;;
  "volume ls" | "network ls") ;;
  *) echo "unknown command: $verb" >&2; exit 1 ;;
esac
"""


class FolderEngine:
    """See `labrunner.engine.protocol.Engine`."""

    name = "docker"
    address = "ssh://nowhere"

    def __init__(self, folder: Path) -> None:
        self._images, self._containers = folder / "images", folder / "containers"
        self._over = threading.Event()
        self.programs = folder / "bin"
        """To be put on PATH."""
        for each in (self._images, self._containers, self.programs):
            each.mkdir(parents=True)
        docker = self.programs / "docker"
        docker.write_text(DOCKER.format(folder=folder))
        docker.chmod(0o755)

    def ping(self) -> str:
        return "1.45"

    def facts(self) -> EngineFacts:
        return EngineFacts(
            product="a folder", version="1.0", api="1.45", min_api="1.24", os="linux", architecture="amd64"
        )

    def observe(self) -> Observation:
        names: dict[str, list[str]] = defaultdict(list)
        for image in sorted(self._images.iterdir()):
            names[image.read_text()].append(image.name)
        return Observation(
            images=tuple(ImageSummary(id=image_id, names=tuple(each)) for image_id, each in names.items()),
            containers=tuple(
                ContainerSummary(
                    id=one.id, name=one.name, image=one.image, image_id=one.image_id, state=one.state
                )
                for one in map(self._container, sorted(self._containers.iterdir()))
            ),
        )

    def probe(self, probe: EngineProbe) -> EngineAnswer:
        match probe:
            case InspectContainer(name):
                found = [
                    one
                    for one in map(self._container, self._containers.iterdir())
                    if name in (one.name, one.id)
                ]
                return found[0] if found else None
            case _:
                return None

    def events(self, *, since: int = 0) -> Iterator[EngineEvent]:
        def nothing() -> Iterator[EngineEvent]:
            self._over.wait()
            yield from ()

        return nothing()

    def stop_events(self) -> None:
        self._over.set()

    def pull(self, name: str) -> Iterator[str]:
        (self._images / name).write_text(f"sha256:{hashlib.sha256(name.encode()).hexdigest()}")
        yield name

    def look_up(self, name: str) -> None:
        pass

    def remove(self, thing: Thing) -> bool:
        file = (self._containers if thing.kind == "container" else self._images) / thing.name
        if not file.exists() or file.read_text().split()[0] != thing.id:
            return False
        file.unlink()
        return True

    def close(self) -> None:
        self._over.set()

    def _container(self, file: Path) -> Container:
        container_id, image, told = file.read_text().split()
        state: ContainerState = "running" if told == "running" else "exited"
        image_id = (self._images / image).read_text() if (self._images / image).exists() else image
        return Container(id=container_id, name=file.name, image=image, image_id=image_id, state=state)


def for_real(address: str, engines: Mapping[str, str], home: Path) -> Mapping[str, str]:
    """The environment to prove in on a real engine: the docker command of its age, with its plugins."""
    old = address == engines.get("LABRUNNER_DOCKER20")
    programs = Path(engines["LABRUNNER_DOCKER_CLI20" if old else "LABRUNNER_DOCKER_CLI28"]).parent
    plugins = engines.get("LABRUNNER_DOCKER_CLI28_PLUGINS")
    if plugins is not None and not old:
        (home / ".docker").mkdir(parents=True)
        (home / ".docker" / "cli-plugins").symlink_to(plugins)
    return {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(home)}
