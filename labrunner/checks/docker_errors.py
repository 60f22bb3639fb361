"""What well-known docker errors mean, in one sentence of plain language each."""

import re

_LONGEST = 20_000
"""Characters of an output that are looked at; errors stand at its end."""

_KNOWN: tuple[tuple[str, str], ...] = (
    # The engine cannot be reached.
    (
        r"permission denied while trying to connect to the docker|dial unix \S+: connect: permission denied",
        "Your user may not talk to the engine: the docker group, or sudo, gives that right.",
    ),
    (
        r"cannot connect to the docker daemon|failed to connect to the docker API|is the docker daemon running"
        r"|error during connect",
        "The docker command is here, but no engine answers it: Docker is not started, or DOCKER_HOST points elsewhere.",
    ),
    (
        r"client version \S+ is too (?:new|old)",
        "The docker command and the engine are of versions too far apart to understand each other.",
    ),
    (r"docker: (?:command )?not found|command not found: docker", "There is no docker command on this PATH."),
    # Ports and names that are taken.
    (
        r"Bind for \S*?:(?P<port>\d+) failed: port is already allocated",
        "Port {port} of this machine is taken by another container: stop that one, or publish another port.",
    ),
    (
        r"(?:listen tcp\S* \S*?:(?P<port>\d+): bind: )?address already in use|ports are not available|port is already"
        r" allocated",
        "That port of this machine is taken by another program or container: publish another one.",
    ),
    (
        r"container name \"/?(?P<name>[^\"]+)\" is already in use",
        "There is a container called {name} already, perhaps stopped: remove or rename it, or choose another name.",
    ),
    # Registries.
    (
        r"toomanyrequests|pull rate limit|429 Too Many Requests",
        "The registry has served this address too many pulls lately: log in, wait, or use a mirror.",
    ),
    (
        r"incorrect username or password|(?:login|v2/)[^\n]{0,300}401 Unauthorized",
        "The registry does not accept that user name and password.",
    ),
    (
        r"non[ -]TTY device",
        "A login that asks needs a terminal: give the user with -u and the password with --password-stdin.",
    ),
    (
        r"pull access denied for (?P<name>[^\s,]+)",
        "The registry has no repository {name} that you may see: the name is misspelled, or it needs a login.",
    ),
    (
        r"resolve reference \"(?P<name>[^\"]+)\": pull access denied(?![^\n]{0,300}no basic auth)",
        "The registry has no {name} that you may see: the name is misspelled, or it needs a login.",
    ),
    (
        r"no basic auth credentials|authentication required|authorization failed|unauthorized: ",
        "The registry wants to know who you are: log in to the registry that the image's name begins with.",
    ),
    (
        r"push access denied|requested access to the resource is denied|insufficient_scope: authorization failed",
        "The registry does not let you push under that name: log in, and use a name that begins with your own account.",
    ),
    (
        r"schema 1 support has been removed|manifest version 2,? schema 1",
        "That image is in a format so old that current engines no longer read it: choose a newer tag.",
    ),
    (
        r"no matching manifest for (?P<name>\S+)",
        "That tag has no image for this machine's processor ({name}).",
    ),
    (
        r"manifest for \S+ not found|manifest unknown|failed to resolve reference \"[^\"]+\"[^\n]{0,300}: not found",
        "The registry has no such tag: the repository may be there, but not under that tag.",
    ),
    (
        r"tag does not exist|image does not exist locally with the tag",
        "There is nothing of that name here to push: an image has to be tagged with exactly that name first.",
    ),
    (
        r"server gave HTTP response to HTTPS client",
        "That registry speaks plain HTTP, which engines accept for localhost only.",
    ),
    (
        r"no such host|name resolution|server misbehaving|network is unreachable",
        "The registry's name was not found: there is no network, or offline its images are only in the lab registry.",
    ),
    (
        r"v2/\"?: [^\n]{0,300}connection refused|dial tcp [^\n]{0,300}connection refused",
        "Nothing listens at that address: the registry is not running, or its port is another.",
    ),
    (
        r"i/o timeout|TLS handshake timeout|Client\.Timeout exceeded|context deadline exceeded",
        "The registry did not answer in time: the network is slow or blocked.",
    ),
    # Names of images and containers.
    (
        r"must be lowercase",
        "An image's name is written in small letters; only the tag may have capitals.",
    ),
    (
        r"invalid reference format",
        "That is no image name: a name is REPOSITORY:TAG, without spaces or other signs.",
    ),
    (
        r"invalid (?:hostPort|containerPort|publish)|invalid port (?:specification|range)",
        "A port is published as HOST:CONTAINER, two numbers with a colon between them.",
    ),
    (
        r"No such image: (?P<name>\S+)|reference does not exist",
        "There is no image of that name on this engine: pull or build it first, or look at how its name is spelled.",
    ),
    (r"No such container: (?P<name>\S+)", "There is no container {name}, running or stopped."),
    (r"No such object", "There is neither an image nor a container of that name on this engine."),
    (
        r"is not running",
        "The container is there but does not run: start it first.",
    ),
    # Removing.
    (
        r"container (?P<name>\S+) is using its referenced image|image is being used by (?:stopped|running) container"
        r" (?P<other>\S+)",
        "A container was made from that image, and a stopped one counts too: remove the container first.",
    ),
    (
        r"must be forced\) - image is referenced in multiple repositories",
        "That image has several names: remove it by name, one name at a time.",
    ),
    (r"dependent child images", "Other images are built on that one: remove them first."),
    (
        r"cannot remove (?:a running container|container[^\n]{0,300}(?:is running|running))",
        "The container is running: stop it first, or remove it with --force.",
    ),
    # Building.
    (
        r"unknown instruction: (?P<name>\S+)",
        "{name} is no instruction that a Dockerfile knows: look at its spelling.",
    ),
    (r"Dockerfile cannot be empty", "The Dockerfile is there, but it is empty."),
    (r"no build stage in current context", "A Dockerfile begins with FROM; only ARG may stand before it."),
    (
        r"\"/?(?P<name>[^\"]+)\": not found|file not found in build context[^\n]{0,300}?(?:stat (?P<other>\S+?))?:? ",
        "COPY did not find its source in the build context, where its path starts; .dockerignore may hide it too.",
    ),
    (
        r"(?:failed to read dockerfile|Dockerfile path)[^\n]{0,300}no such file|open \S*Dockerfile: no such file",
        "There is no file called Dockerfile in that folder: the last argument of build is the folder it is in.",
    ),
    (
        r"path \"(?P<name>[^\"]+)\" not found",
        "The last argument of build is a folder, and {name} is none: a dot stands for the current one.",
    ),
    (
        r"requires BuildKit|buildx component is missing",
        "That needs BuildKit, which comes with docker's buildx plugin.",
    ),
    (
        r"did not complete successfully: exit code: (?P<name>\d+)|returned a non-zero code: (?P<other>\d+)",
        "A command in a RUN instruction failed; the lines above say which and why.",
    ),
    # Running.
    (
        r"exec: \"?(?P<name>-[^\":]+)\"?: executable file not found",
        "What stands after the image's name is the container's command; {name} is an option, and belongs before it.",
    ),
    (
        r"exec: \"?(?P<name>[^\":]+)\"?: executable file not found",
        "There is no program {name} in that image.",
    ),
    (
        r"is not simulated",
        "The practice engine does not have that program; a real engine might.",
    ),
    (r"exec format error", "That program was built for another processor."),
    (
        r"mount a directory onto a file",
        "A folder cannot be mounted where a file is, nor a file where a folder is; a missing source becomes a folder.",
    ),
    (r"no space left on device", "The disk is full: `docker system df` shows what Docker uses of it."),
    (
        r"refusing to save to a terminal",
        "An archive is no text for the terminal: name a file with -o.",
    ),
    # Spelling of the command itself.
    (
        r"[\"'`]docker (?:buildx |image |builder )?build[\"'`]? requires (?:exactly )?1 argument",
        "build needs to know which folder to build from: a dot at the end is the current one; a name goes with -t.",
    ),
    (
        r"[\"'`]docker (?:image )?push[\"'`]? requires (?:exactly )?1 argument",
        "push takes one name; to give an image another name there is tag.",
    ),
    (
        r"[\"'`]docker (?:image )?tag[\"'`]? requires (?:exactly )?2 arguments",
        "tag takes two names: the one you have, then the one you want.",
    ),
    (
        r"[\"'`]docker (?:container )?(?:run|create)[\"'`]? requires at least 1 argument",
        "The image's name is missing; it stands after the options.",
    ),
    (
        r"requires (?:exactly |at least |at most )?(?P<name>\d+) arguments?",
        "The number of arguments is not right; the same command with --help shows what it takes.",
    ),
    (
        r"unknown command: docker (?P<name>\w+) \S",
        "docker {name} has no such command; `docker {name} --help` lists those it has.",
    ),
    (
        r"is not a docker command|unknown command: docker|unknown docker command",
        "docker has no such command; `docker --help` lists those it has.",
    ),
    (
        r"unknown (?:shorthand )?flag: (?P<name>\S+)",
        "That command has no such option; with --help it shows those it has.",
    ),
)
_TABLE: list[tuple[re.Pattern[str], str]] = []


def explain(output: str) -> str:
    """One sentence for the docker error in an output; "" where there is none that is well known.

    The wordings are those of docker 20.10 to 29, of BuildKit and of the Distribution registry.
    """
    if not _TABLE:
        _TABLE.extend((re.compile(pattern, re.IGNORECASE), sentence) for pattern, sentence in _KNOWN)
    text = output[-_LONGEST:]
    for pattern, sentence in _TABLE:
        found = pattern.search(text)
        if found is not None:
            groups = {"name": "", "port": "", **found.groupdict(default="")}
            return sentence.format(**groups)
    return ""
