#!/bin/sh
# An option is for the image's own program; anything else is run as it is.
set -e
exec "$@"
