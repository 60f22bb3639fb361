"""Every command that there is."""

from labrunner.dockercli.commands import containers, engine, images, stores

GROUPS = {
    "builder": "Manage builds",
    "container": "Manage containers",
    "context": "Manage contexts",
    "image": "Manage images",
    "network": "Manage networks",
    "system": "Manage Docker",
    "volume": "Manage volumes",
}

COMMANDS = (*images.COMMANDS, *containers.COMMANDS, *stores.COMMANDS, *engine.COMMANDS)
