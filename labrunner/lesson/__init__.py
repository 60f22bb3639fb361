"""Markdown in, Lesson out."""
