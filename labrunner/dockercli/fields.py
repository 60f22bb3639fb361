"""The fields that Docker's own types have, whether an engine told them or not: a template may ask for each."""

from collections.abc import Mapping

from labrunner.dockercli.template import FALSE, LIST, MAP, POINTER, TEXT, Zeros

_CONFIG = {
    **dict.fromkeys(
        ("User", "WorkingDir", "StopSignal", "Hostname", "Domainname", "Image", "MacAddress"), TEXT
    ),
    **dict.fromkeys(("Env", "Cmd", "Entrypoint", "OnBuild", "Shell"), LIST),
    **dict.fromkeys(("ExposedPorts", "Volumes", "Labels"), MAP),
    **dict.fromkeys(("Healthcheck", "StopTimeout"), POINTER),
    **dict.fromkeys(("ArgsEscaped", "Tty", "OpenStdin", "StdinOnce", "NetworkDisabled"), FALSE),
}
_HOST = {
    **dict.fromkeys(
        ("Binds", "CapAdd", "CapDrop", "Dns", "DnsOptions", "DnsSearch", "ExtraHosts", "GroupAdd"), LIST
    ),
    **dict.fromkeys(("Links", "SecurityOpt", "VolumesFrom", "Mounts", "Devices", "Ulimits"), LIST),
    **dict.fromkeys(("PortBindings", "Tmpfs", "Sysctls", "StorageOpt", "Annotations"), MAP),
    **dict.fromkeys(("Init", "PidsLimit", "MemorySwappiness", "OomKillDisable"), POINTER),
    **dict.fromkeys(("PidMode", "UTSMode", "CgroupParent", "ContainerIDFile"), TEXT),
}
_CONTAINER: Zeros = {
    "": {
        **dict.fromkeys(("Mounts", "ExecIDs"), LIST),
        **dict.fromkeys(("SizeRw", "SizeRootFs"), POINTER),
    },
    "Config": _CONFIG,
    "HostConfig": _HOST,
    "State": {"Health": POINTER, "Error": TEXT},
    "NetworkSettings": {"Ports": MAP, "Networks": MAP},
}
_IMAGE: Zeros = {
    "": {
        **dict.fromkeys(("Author", "Comment", "Parent", "Variant", "OsVersion", "DockerVersion"), TEXT),
        **dict.fromkeys(("RepoTags", "RepoDigests"), LIST),
    },
    "Config": _CONFIG,
}
_OTHER: Zeros = {"": dict.fromkeys(("Labels", "Options", "Status"), MAP)}


def zeros(inspected: Mapping[str, object]) -> Zeros:
    """For a container, an image, or anything else that was inspected."""
    if "HostConfig" in inspected:
        return _CONTAINER
    return _IMAGE if "RootFS" in inspected else _OTHER
