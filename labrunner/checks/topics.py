"""What a command that only looks asks the engine for, in words that do not give the command away."""

_TOPICS = {
    ("container", "diff"): "the changes in the container {name}",
    ("container", "inspect"): "all it knows about the container {name}",
    ("container", "logs"): "what the container {name} printed",
    ("container", "ls"): "its list of containers",
    ("container", "port"): "the published ports of {name}",
    ("container", "stats"): "what containers use of the machine",
    ("container", "top"): "the processes in the container {name}",
    ("events",): "its events",
    ("image", "history"): "the history of the image {name}",
    ("image", "inspect"): "all it knows about the image {name}",
    ("image", "ls"): "its list of images",
    ("info",): "what it says about itself",
    ("inspect",): "all it knows about {name}",
    ("search",): "a search for {name}",
    ("system", "df"): "how much disk space it uses",
    ("version",): "its version",
}


def asked_words(about: str) -> str:
    """`the history of the image nginx:latest` for `image history nginx`."""
    from labrunner.checks.dockercommand import docker_commands  # 10 ms, and only where a look is missing

    for command in docker_commands(f"docker {about}"):
        if command.path in _TOPICS:
            return _TOPICS[command.path].format(name=" ".join(command.arguments).replace("*", "") or "one")
    return f"`{about}`"
