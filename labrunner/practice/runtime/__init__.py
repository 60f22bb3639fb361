"""Containers: their files, processes, terminals and lives."""
