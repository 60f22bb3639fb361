"""Every command that busybox and coreutils stand-ins provide, by name."""

from collections.abc import Mapping

from labrunner.practice.programs.coreutils_adduser import ADDUSER
from labrunner.practice.programs.coreutils_checksums import CHECKSUMS
from labrunner.practice.programs.coreutils_ends import ENDS
from labrunner.practice.programs.coreutils_files import CHANGE
from labrunner.practice.programs.coreutils_find import FIND
from labrunner.practice.programs.coreutils_show import SHOW
from labrunner.practice.programs.coreutils_su import SU
from labrunner.practice.programs.coreutils_system import SYSTEM
from labrunner.practice.programs.coreutils_text import TEXT
from labrunner.practice.programs.coreutils_useradd import USERADD
from labrunner.practice.programs.coreutils_users import USERS
from labrunner.practice.programs.coreutils_words import WORDS
from labrunner.practice.programs.process import Program
from labrunner.practice.programs.shell.program import SHELLS
from labrunner.practice.programs.tools import TOOLS

APPLETS: Mapping[str, Program] = {
    **TOOLS,
    **WORDS,
    **TEXT,
    **ENDS,
    **CHECKSUMS,
    **SHOW,
    **CHANGE,
    **FIND,
    **SYSTEM,
    **USERS,
    **ADDUSER,
    **USERADD,
    **SU,
    **SHELLS,
}
