#!/bin/sh
# Before nginx, runs what is in /docker-entrypoint.d; any other command is run as it is.
set -e
if [ "$1" = nginx ]; then
    for script in /docker-entrypoint.d/*.sh; do
        if [ -x "$script" ]; then
            "$script"
        fi
    done
    echo "$0: ready to start nginx"
fi
exec "$@"
