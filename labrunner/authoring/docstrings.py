"""What the code says of itself, for the manual and the schema: docstrings of classes and their fields."""

import ast
import inspect
import textwrap
from collections.abc import Mapping


def field_docs(kind: type) -> Mapping[str, str]:
    """The string under each field of a dataclass, by the field's name, as one paragraph."""
    try:
        body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    except (OSError, TypeError, SyntaxError, IndexError):
        return {}
    if not isinstance(body, ast.ClassDef):
        return {}
    docs: dict[str, str] = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                docs[name] = " ".join(text.split())
            case _:
                pass
    return docs


def class_doc(kind: type) -> str:
    """The docstring, its paragraphs kept; empty for the one that dataclasses make up."""
    text = inspect.cleandoc(kind.__doc__ or "")
    return "" if text.startswith(f"{kind.__name__}(") else text


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence."""
    line = " ".join(text.split("\n\n")[0].split())
    end = line.find(". ")
    return line if end < 0 else line[: end + 1]
