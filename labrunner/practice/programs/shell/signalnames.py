"""The names of signals, as shells and kill take and show them."""

NAMES = (
    *(
        "EXIT",
        "HUP",
        "INT",
        "QUIT",
        "ILL",
        "TRAP",
        "ABRT",
        "BUS",
        "FPE",
        "KILL",
        "USR1",
        "SEGV",
        "USR2",
        "PIPE",
    ),
    *("ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ"),
    *("VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"),
)


def signal_name(text: str) -> str | None:
    """`TERM` for "15", "SIGTERM" and "term"."""
    if text.isdigit():
        return NAMES[int(text)] if int(text) < len(NAMES) else None
    plain = text.upper().removeprefix("SIG")
    return plain if plain in NAMES or plain in ("0", "ERR", "DEBUG", "RETURN") else None
