"""labrunner's own `docker` command, for machines that have none: the spellings that lessons use, over the Engine API."""
