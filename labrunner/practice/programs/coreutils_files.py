"""The commands that change files, by name."""

from labrunner.practice.programs.applet import (
    careful,
)
from labrunner.practice.programs.copying import cp, install, mv
from labrunner.practice.programs.making import link, ln, mkdir, mkfifo, mktemp, nothing, touch
from labrunner.practice.programs.modes import chmod, chown
from labrunner.practice.programs.process import Program
from labrunner.practice.programs.removing import rm, rmdir, unlink
from labrunner.practice.programs.resolving import readlink, realpath
from labrunner.practice.programs.sizes import dd, du, fallocate, truncate

CHANGE: dict[str, Program] = {
    name: careful(run)
    for name, run in {
        "chgrp": chown,
        "chmod": chmod,
        "chown": chown,
        "cp": cp,
        "dd": dd,
        "du": du,
        "fallocate": fallocate,
        "install": install,
        "link": link,
        "ln": ln,
        "mkdir": mkdir,
        "mkfifo": mkfifo,
        "mktemp": mktemp,
        "mv": mv,
        "readlink": readlink,
        "realpath": realpath,
        "rm": rm,
        "rmdir": rmdir,
        "sync": nothing,
        "touch": touch,
        "truncate": truncate,
        "unlink": unlink,
    }.items()
}
