#!/bin/sh
# An option, or a word that is no command, is for node.
set -e
case "$1" in
    -*) set -- node "$@" ;;
    *) command -v "$1" >/dev/null 2>&1 || set -- node "$@" ;;
esac
exec "$@"
