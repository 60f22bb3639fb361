"""What is told about a container, with the attributes that Docker gives to each of its events."""

from collections.abc import Mapping

from labrunner.practice.happenings import Happenings
from labrunner.practice.runtime.container import Container


def tell(
    happenings: Happenings, container: Container, action: str, more: Mapping[str, str] | None = None
) -> None:
    attributes = {
        **container.labels,
        **(more or {}),
        "image": str(container.config["Image"]),
        "name": container.name,
    }
    happenings.tell("container", action, container.id, attributes)
