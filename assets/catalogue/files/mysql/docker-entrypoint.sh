#!/bin/sh
# An option is for mysqld; anything else is run as it is.
set -e
case "$1" in
    -*) set -- mysqld "$@" ;;
esac
exec "$@"
