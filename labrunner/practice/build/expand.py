"""Variables in instructions, replaced as a Dockerfile's own small shell does it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from labrunner.dockerfile import Heredoc
from labrunner.practice.build.golang import quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Expander:
    """The variables that an instruction sees; raises ValueError with Docker's words."""

    variables: Mapping[str, str] = field(default_factory=dict)
    escape: str = "\\"

    def word(self, text: str) -> str:
        """One word, its quotes taken off; what is not set is empty."""
        return self._word(text)

    def words(self, text: str) -> list[str]:
        """Like `word`, but split where white space stands after replacing."""
        from e2b_dockerfile_utils import ShellLex

        try:
            found: list[str] = ShellLex(self.escape, env=self.variables, skip_unset_env=False).process_words(
                text
            )
        except ValueError as error:
            raise _said(text, error) from error
        return found

    def document(self, heredoc: Heredoc) -> str:
        """The text of a here-document that becomes a file."""
        from e2b_dockerfile_utils import chomp_heredoc_content

        text: str = chomp_heredoc_content(heredoc.text) if heredoc.strip_tabs else heredoc.text
        if not heredoc.expand:
            return text
        return self._word(text, skip_process_quotes=True, raw_escapes=False)

    def shown(self, text: str) -> str:
        """For the name of a step: quotes stay, and so does what is not set."""
        try:
            return self._word(text, raw_quotes=True, skip_unset_env=True)
        except ValueError:
            return text

    def _word(self, text: str, **options: bool) -> str:
        from e2b_dockerfile_utils import ShellLex

        options.setdefault("skip_unset_env", False)
        try:
            word: str = ShellLex(self.escape, env=self.variables, **options).process_word(text)
        except ValueError as error:
            raise _said(text, error) from error
        return word


def unset_names(text: str, known: Mapping[str, str], escape: str = "\\") -> list[str]:
    """The variables that a text uses and that nobody set, for a warning; a default silences none of them."""
    from e2b_dockerfile_utils import ShellLex

    asked: list[str] = []

    class Asked(dict[str, str]):
        def get(self, name: str, default: object = None) -> str | None:  # type: ignore[override]
            if name not in known and name and name not in asked:
                asked.append(name)
            return known.get(name)

    try:
        ShellLex(escape, env=Asked(), skip_unset_env=True).process_word(text)
    except ValueError:
        return []
    return asked


def _said(text: str, error: ValueError) -> ValueError:
    why = str(error).removeprefix(f"failed to process {text!r}: ")
    return ValueError(f"failed to process {quoted(text)}: {why}")
