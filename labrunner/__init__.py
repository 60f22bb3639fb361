"""A lesson is made of steps; a step is prose and checks; a check judges evidence; evidence is facts about the
engine, the shell and the files; a session is a place in a lesson, moved by events; the runner does what the
session asks."""
