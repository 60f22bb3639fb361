"""What a learner has on an engine before a lesson begins: things that no lesson knows of, and none may touch."""

import io
import tarfile

import docker

NAMES = ("mine/site:1", "mine/site:old", "shop:latest")


def scatter(address: str) -> None:
    """Images with and without a name, containers, a volume and a network, as they lie about on a machine in use."""
    client = docker.DockerClient(base_url=address, timeout=60)
    for name in (*NAMES, ""):
        repository, _, tag = name.partition(":")
        client.api.import_image_from_data(_packed(name or "nobody's"), repository or None, tag or None)
    client.api.tag("shop:latest", "localhost:5001/somebody/shop", "2")
    client.volumes.create("mine-data")
    client.networks.create("mine-net")
    client.containers.create("shop:latest", "/shop", name="shop", ports={"80/tcp": 8080})
    client.containers.create("mine/site:1", "/site", name="web", volumes=["mine-data:/data"])
    client.close()


def found(address: str) -> frozenset[tuple[str, str]]:
    """Everything on the engine, by kind and identity."""
    client = docker.DockerClient(base_url=address, timeout=60)
    things = {
        *(("image", each["Id"]) for each in client.api.images()),
        *(("name", name) for each in client.api.images() for name in each["RepoTags"] or ()),
        *(("container", each["Id"]) for each in client.api.containers(all=True)),
        *(("volume", each["Name"]) for each in client.api.volumes()["Volumes"] or ()),
        *(("network", each["Id"]) for each in client.api.networks()),
    }
    client.close()
    return frozenset(things)


def _packed(text: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("etc/whose")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()
