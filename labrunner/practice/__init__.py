"""The practice engine: a daemon that speaks the Docker Engine API with no Docker, no root and no network.

Images, layers, digests, builds and the registry are real; container processes, package managers and what is inside
the stand-in images are simulated, and say so.
"""
