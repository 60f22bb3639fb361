"""What the daemon refuses, in Docker's own words: clients match on them."""


class Refused(Exception):
    """An answer of 4xx or 5xx. `message` is exactly what Docker's daemon says."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
