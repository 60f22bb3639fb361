"""The learner's own shell behind a relay: commands and keys, and nothing of lessons, checks or engines."""
