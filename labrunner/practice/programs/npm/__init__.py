"""The stand-in of npm: what works without a registry, and the truth about the rest."""
