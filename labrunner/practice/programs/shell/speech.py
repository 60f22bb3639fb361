"""How the three shells word what went wrong; scripts and learners read these texts."""

from dataclasses import dataclass

from labrunner.practice.programs.shell.dialect import Flavour
from labrunner.practice.programs.shell.syntaxtrouble import SyntaxTrouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    flavour: Flavour
    name: str
    """$0 as the messages show it."""
    interactive: bool = False
    inline: bool = False
    """Whether the text came with -c."""

    def trouble(self, message: str, line: int, builtin: str = "") -> str:
        if self.flavour == "dash":
            return f"{self.name}: {line}: {f'{builtin}: ' if builtin else ''}{message}\n"
        if self.flavour == "bash":
            place = "" if self.interactive else f"line {line}: "
            return f"{self.name}: {place}{f'{builtin}: ' if builtin else ''}{message}\n"
        if self.interactive:
            place = ""
        elif self.inline:
            place = f"line {line - 1}: " if builtin else ""
        else:
            place = f"line {line}: "
        return f"{self.name}: {f'{builtin}: ' if builtin else ''}{place}{message}\n"

    def missing(self, word: str, *, path: bool) -> str:
        """A command that is not there."""
        if self.flavour == "bash":
            return f"{word}: No such file or directory" if path else f"{word}: command not found"
        return f"{word}: not found"

    def unreadable(self, path: str, reason: str) -> str:
        """A redirection that cannot be opened for reading."""
        match self.flavour:
            case "ash":
                return f"can't open {path}: {_short(reason)}"
            case "dash":
                return f"cannot open {path}: {'No such file' if reason.startswith('No such') else reason}"
            case "bash":
                return f"{path}: {reason}"

    def unwritable(self, path: str, reason: str) -> str:
        match self.flavour:
            case "ash":
                return f"can't create {path}: {'nonexistent directory' if 'No such' in reason else reason}"
            case "dash":
                return f"cannot create {path}: {'Directory nonexistent' if 'No such' in reason else reason}"
            case "bash":
                return f"{path}: {reason}"

    def no_folder(self, path: str, reason: str) -> str:
        match self.flavour:
            case "ash":
                return f"can't cd to {path}: {reason}"
            case "dash":
                return f"can't cd to {path}"
            case "bash":
                return f"{path}: {reason}"

    def fixed(self, name: str) -> str:
        return f"{name}: readonly variable" if self.flavour == "bash" else f"{name}: is read only"

    def unset(self, name: str) -> str:
        return f"{name}: unbound variable" if self.flavour == "bash" else f"{name}: parameter not set"

    def syntax(self, trouble: SyntaxTrouble, text: str) -> str:
        line = trouble.line
        token, expected = trouble.token, trouble.expected
        if self.flavour == "bash":
            return self._bash_syntax(trouble, text)
        if trouble.message.startswith("bad substitution"):
            return self.trouble(
                "Bad substitution" if self.flavour == "dash" else "syntax error: bad substitution", line
            )
        if trouble.message.startswith("unterminated"):
            message = "Unterminated quoted string" if self.flavour == "dash" else "unterminated quoted string"
        elif trouble.message:
            message = trouble.message.capitalize() if self.flavour == "dash" else trouble.message
        elif self.flavour == "dash":
            shown = {"": "end of file", "newline": "newline"}.get(token, f'"{token}"')
            message = f"{shown} unexpected"
            message += f' (expecting "{expected}")' if expected else ""
        else:
            shown = {"": "end of file", "newline": "newline"}.get(token, f'"{token}"')
            message = f"unexpected {shown}"
            message += f' (expecting "{expected}")' if expected else ""
        return self.trouble(f"{'Syntax' if self.flavour == 'dash' else 'syntax'} error: {message}", line)

    def _bash_syntax(self, trouble: SyntaxTrouble, text: str) -> str:
        place = "" if self.interactive else f"{'-c: ' if self.inline else ''}line {trouble.line}: "
        start = f"{self.name}: {place}"
        if trouble.message.startswith("bad substitution"):
            return f"{start}{trouble.token}: bad substitution\n"
        if trouble.message.startswith("unterminated"):
            return f"{start}unexpected EOF while looking for matching `\"'\n"
        if trouble.message:
            return f"{start}{trouble.message}\n"
        if not trouble.token:
            after = f"{self.name}: {'-c: ' if self.inline else ''}line {trouble.line + 1}: "
            return f"{start if self.interactive else after}syntax error: unexpected end of file\n"
        message = f"{start}syntax error near unexpected token `{trouble.token}'\n"
        lines = text.split("\n")
        if not self.interactive and 0 < trouble.line <= len(lines):
            message += f"{start}`{lines[trouble.line - 1]}'\n"
        return message


def _short(reason: str) -> str:
    return "no such file" if reason.startswith("No such") else reason
