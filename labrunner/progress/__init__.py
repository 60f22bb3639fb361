"""Attempts folded into progress, and where they are kept."""
