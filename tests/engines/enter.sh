#!/bin/bash
# Runs a program inside a Debian root as if that were the machine. runc wants a root that is a real
# mount ("mount dst=/ ... invalid argument" in a plain chroot), hence pivot_root and not chroot.
# usage: unshare --mount --propagation slave enter.sh ROOT [HOST_PATH PATH_INSIDE]... -- PROGRAM [ARGUMENT...]
set -euo pipefail
root=$1
shift

mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
while [ "$1" != -- ]; do
    if [ -d "$1" ]; then
        mkdir -p ".$2"
    else
        touch ".$2"
    fi
    mount --bind "$1" ".$2"
    shift 2
done
shift

mkdir -p old
pivot_root . old
umount --lazy old
exec "$@"
