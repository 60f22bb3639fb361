"""A place in a lesson and its rules: (session, event) -> (session, effects)."""
