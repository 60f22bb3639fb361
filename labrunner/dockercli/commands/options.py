"""Options that many commands have."""

from labrunner.dockercli.command import Option

FILTER = Option("--filter", "filter", "Show only what matches", "f", many=True)
FORMAT = Option("--format", "string", "Print with a Go template, 'table TEMPLATE', or 'json'")
NO_TRUNC = Option("--no-trunc", "", "Show everything in full")
QUIET = Option("--quiet", "", "Show only IDs", "q")
FORCE = Option("--force", "", "Do not ask", "f")
