"""Facts about a Docker daemon, the protocol that delivers them, and the docker SDK behind it."""
