#!/bin/sh
# Templates in /etc/nginx/templates become files of /etc/nginx/conf.d, with the environment's values in them.
set -e
templates="${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}"
target="${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}"
[ -d "$templates" ] || exit 0
names=$(env | cut -d= -f1 | sed 's/.*/${&}/' | tr '\n' ' ')
for template in "$templates"/*.template; do
    [ -f "$template" ] || continue
    written="$target/$(basename "$template" .template)"
    echo "20-envsubst-on-templates.sh: Running envsubst on $template to $written"
    envsubst "$names" <"$template" >"$written"
done
