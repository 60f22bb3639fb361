"""Which containers there are, by their IDs and names."""

from labrunner.practice.refusal import Refused
from labrunner.practice.runtime import naming
from labrunner.practice.runtime.container import Container

Named = str | Container


class Register:
    """A container is given as it is, or named by its ID, the beginning of that, or its name."""

    def __init__(self) -> None:
        self._containers: dict[str, Container] = {}
        self._names: dict[str, str] = {}

    def __contains__(self, container_id: str) -> bool:
        return container_id in self._containers

    def all(self) -> tuple[Container, ...]:
        return tuple(self._containers.values())

    def get(self, named: Named) -> Container:
        if isinstance(named, Container):
            return named
        return self._containers[naming.meant(named, self._containers, self._names.get)]

    def add(self, container: Container) -> None:
        self._containers[container.id] = container
        self._names[container.name] = container.id

    def rename(self, container: Container, name: str) -> None:
        del self._names[container.name]
        self._names[name] = container.id
        container.name = name

    def remove(self, container: Container) -> None:
        del self._containers[container.id]
        self._names.pop(container.name, None)

    def taken(self, name: str) -> bool:
        return name in self._names

    def check_free(self, name: str) -> None:
        if (owner := self._names.get(name)) is not None:
            raise Refused(
                409,
                f'Conflict. The container name "/{name}" is already in use by container "{owner}". '
                "You have to remove (or rename) that container to be able to reuse that name.",
            )


def asked(named: Named) -> str:
    """As a message shows it."""
    return named if isinstance(named, str) else named.name
