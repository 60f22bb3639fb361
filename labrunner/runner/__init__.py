"""The loop: the only place where effects happen."""
