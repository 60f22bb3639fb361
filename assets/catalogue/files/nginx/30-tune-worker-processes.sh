#!/bin/sh
# Counts processors where NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE asks for it; a stand-in has one worker.
set -e
[ -z "${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE:-}" ] || sed -i 's/^worker_processes .*/worker_processes 1;/' /etc/nginx/nginx.conf
