"""The ways out of running shell code."""


class Exit(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Return(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Leap(Exception):
    """break or continue, through this many loops."""

    def __init__(self, levels: int, *, again: bool) -> None:
        super().__init__(levels)
        self.levels = levels
        self.again = again


class Interrupted(Exception):
    """An interactive shell gives up the line it is at: ^C, or a failure that ends other shells."""
