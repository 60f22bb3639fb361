"""What an author has: lint, the manual of check kinds, a schema for editors, a lesson to begin with."""
