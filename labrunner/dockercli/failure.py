"""Why a command ends: what is said on stderr, and the exit status."""


class Ended(Exception):
    """The command is over. `text` goes to stderr as it is."""

    def __init__(self, text: str = "", status: int = 1) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


class Refused(Exception):
    """The engine answered with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
