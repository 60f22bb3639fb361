"""`python -m labrunner` is `labrunner`."""

from labrunner.cli import main

raise SystemExit(main())
