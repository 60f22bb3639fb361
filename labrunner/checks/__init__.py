"""Evidence in, verdict out. The table of all check kinds is `labrunner.checks.kinds.CHECK_KINDS`."""
