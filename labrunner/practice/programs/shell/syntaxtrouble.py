"""What can be wrong with a shell's text."""


class SyntaxTrouble(Exception):
    """Text that is no shell; `token` is what was met ("" at the end), `expected` what was awaited."""

    def __init__(self, token: str, line: int, expected: str = "", message: str = "") -> None:
        super().__init__(message or token)
        self.token = token
        self.line = line
        self.expected = expected
        self.message = message

    @property
    def incomplete(self) -> bool:
        """Whether more input could make it right."""
        return self.token == "" or self.message.startswith("unterminated")
