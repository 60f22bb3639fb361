"""The programs that stand in for real ones inside containers: which of them runs is decided by what is in the image."""
