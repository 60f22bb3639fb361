#!/bin/sh
# The namesake turns IPv6 on here; the practice engine serves published ports on the machine's own loopback only.
set -e
[ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "10-listen-on-ipv6-by-default.sh: info: left as it is, IPv6 is not simulated"
