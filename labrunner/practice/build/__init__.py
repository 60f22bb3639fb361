"""Dockerfiles become images: one executor, two dialects (the classic builder's and BuildKit's)."""
