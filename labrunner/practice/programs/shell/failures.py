"""Why an expansion or an assignment fails."""


class Failure(Exception):
    """One of the three below."""


class Trouble(Failure):
    """An expansion that fails and, in a shell that is not interactive, ends it."""

    def __init__(self, message: str, status: int = 2) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class Fixed(Failure):
    """A read-only variable was to be changed; the argument is its name."""


class TooMuch(Failure):
    """A value grew beyond what a simulated shell may hold."""
