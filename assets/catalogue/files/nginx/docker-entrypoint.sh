#!/bin/sh
# Before nginx, runs what is in /docker-entrypoint.d; any other command is run as it is.
set -e

say() {
    if [ -z "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then
        echo "$@"
    fi
}

case "$1" in
    nginx|nginx-debug)
        if [ -n "$(ls -A /docker-entrypoint.d/ 2>/dev/null)" ]; then
            say "$0: /docker-entrypoint.d/ is not empty, will attempt to perform configuration"
            say "$0: Looking for shell scripts in /docker-entrypoint.d/"
            for script in /docker-entrypoint.d/*; do
                case "$script" in
                    *.envsh)
                        if [ -x "$script" ]; then
                            say "$0: Sourcing $script"
                            . "$script"
                        else
                            say "$0: Ignoring $script, not executable"
                        fi
                        ;;
                    *.sh)
                        if [ -x "$script" ]; then
                            say "$0: Launching $script"
                            "$script"
                        else
                            say "$0: Ignoring $script, not executable"
                        fi
                        ;;
                    *) say "$0: Ignoring $script" ;;
                esac
            done
            say "$0: Configuration complete; ready for start up"
        else
            say "$0: No files found in /docker-entrypoint.d/, skipping configuration"
        fi
        ;;
esac

exec "$@"
