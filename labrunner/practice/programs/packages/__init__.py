"""The stand-ins of package managers: a small table of packages, databases in the right places, and no network."""
