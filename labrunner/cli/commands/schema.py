"""`labrunner schema`: a JSON Schema of the YAML blocks, for editors."""

import json

from labrunner.authoring.schema import schema
from labrunner.cli.arguments import Arguments
from labrunner.cli.report import FINISHED, out


def run(_arguments: Arguments) -> int:
    out(json.dumps(schema(), indent=2))
    return FINISHED
