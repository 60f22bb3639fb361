"""The shell's process to its burial: it is over when it is dead and all that it printed has been read."""

import signal

from labrunner.shell.alarms import Alarms
from labrunner.shell.events import ShellEnded
from labrunner.shell.pty import Pty
from labrunner.shell.signals import Signals

LAST_WORDS = 0.3
"""Seconds for the rest of the output where something that the shell left running keeps the terminal open."""
DYING = 2.0
"""Seconds a shell has to save its history after a hang-up."""
NUDGE = 0.1
"""Seconds until a hang-up is said again: bash misses one that comes just before it begins to read."""


class Life:
    """Watches the process behind `pty`; the time it takes to die is counted by `alarms`."""

    def __init__(self, pty: Pty, signals: Signals, alarms: Alarms) -> None:
        self.said_all = False
        """Nothing more is to be read."""
        self._pty = pty
        self._signals = signals
        self._alarms = alarms
        self._told = False

    def take_signals(self) -> frozenset[int]:
        """The signals that came; those that are about life and death are seen to."""
        came = self._signals.take()
        if signal.SIGCHLD in came:
            self.look()
        if signal.SIGTERM in came or signal.SIGHUP in came:
            self.hang_up()
        return came

    def look(self) -> None:
        """See whether the shell has died."""
        if self._pty.reap() is not None:
            self._alarms.cancel(self._kill)
            self._alarms.cancel(self._nudge)
            if not (self.said_all or self._alarms.is_set(self.hear_no_more)):
                self._alarms.set(self.hear_no_more, LAST_WORDS)

    def hear_no_more(self) -> None:
        """Nothing will come any more, or what comes is not the shell's."""
        self.said_all = True
        self._pty.reap()

    def hang_up(self) -> None:
        """Ask the shell to go, and see that it does."""
        if self._pty.status is None and not self._alarms.is_set(self._kill):
            self._alarms.set(self._kill, DYING)
            self._nudge()

    def over(self) -> bool:
        """Whether the shell is dead and its last words have been read."""
        return self.said_all and self._pty.status is not None

    def ended(self) -> tuple[ShellEnded, ...]:
        """The end, told once."""
        if self._told or not self.said_all or self._pty.status is None:
            return ()
        self._told = True
        return (ShellEnded(exit_status=self._pty.status),)

    def _nudge(self) -> None:
        self._pty.signal(signal.SIGHUP)
        self._pty.signal(signal.SIGCONT)
        self._alarms.set(self._nudge, NUDGE)

    def _kill(self) -> None:
        self._alarms.cancel(self._nudge)
        self._pty.signal(signal.SIGKILL)
