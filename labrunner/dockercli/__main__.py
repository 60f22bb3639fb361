"""`docker`, as labrunner brings it along."""

import sys
from pathlib import Path

if __package__ in (None, ""):
    # Started by its path, without site-packages: the package's own parent has to be found.
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from labrunner.dockercli.program import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
