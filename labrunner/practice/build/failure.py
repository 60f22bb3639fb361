"""Why a build ended without an image, with all that the two fronts print about it."""

from labrunner.practice.refusal import Refused


class BuildFailure(Refused):
    """The Dockerfile or one of its steps failed; `message` is in the dialect's own words.

    Where nothing of the answer was sent yet, `status` is the answer's; classic fronts otherwise send
    `{"errorDetail": {"code": exit_code, "message": message}, "error": message}`.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        location: tuple[int, int] | None = None,
        dockerfile: str = "",
        filename: str = "Dockerfile",
        exit_code: int = 0,
        vertex: str = "",
    ) -> None:
        super().__init__(status, message)
        self.location = location
        """First and last line in the Dockerfile, from 1."""
        self.dockerfile = dockerfile
        """The Dockerfile's text, for the excerpt that BuildKit's clients draw."""
        self.filename = filename
        self.exit_code = exit_code
        """Of the RUN that failed; 0 for any other failure."""
        self.vertex = vertex
        """The ID of the step that failed; empty if no step had begun."""
