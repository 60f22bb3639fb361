"""JavaScript in a thread of its own, so that an endless loop in it cannot hold up the engine.

QuickJS refuses calls into Python while a time limit stands, but looks at the limit only as it begins to run. So
the limit is set before each entry, and taken back by a second thread as soon as the entry runs: from then on
calls are allowed, and the entry is still ended when its time is up.
"""

import importlib
import json
import logging
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from operator import call
from pathlib import Path
from typing import Any, Protocol

log = logging.getLogger(__name__)

SECONDS = 10.0
"""Of processor time, for one entry: a callback, a request, a timer."""
MEMORY = 128 * 1024 * 1024
_HEAD_START = 0.0002
"""Seconds in which an entry has surely looked at the limit."""
_STACK = 8 * 1024 * 1024
_PRELUDE = Path(__file__).with_name("prelude.js")
_STACK_SIZE = threading.Lock()

_CALL: Callable[[Callable[[], Any]], Any] = call
_HEAP = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n"


def quickjs() -> Any:
    """The engine, imported when first needed (15 ms); ImportError where there is none for this kind of machine."""
    return importlib.import_module("quickjs")


class Calls(Protocol):
    """What scripts ask of the container. Called from the script's thread."""

    def answer(self, name: str, values: list[Any]) -> Any:
        """Raises OSError, which the script sees as node's system error."""
        ...

    def ended(self, status: int) -> None: ...
    def complain(self, text: str) -> None: ...


class Script:
    """One running script; everything but `begin`, `tell` and `abandon` happens in its thread."""

    def __init__(self, calls: Calls, failure: Callable[[OSError, str], dict[str, Any]]) -> None:
        self._calls = calls
        self._failure = failure
        self._seconds = SECONDS
        self._events: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
        self._over = threading.Event()
        self._entering = threading.Lock()
        self._entering.acquire()
        self._lifted = threading.Lock()
        self._lifted.acquire()
        self._context: Any = None
        self._done = False

    def begin(self, *first: Any) -> None:
        """Starts the thread; its first event is `first`."""
        with _STACK_SIZE:
            before = threading.stack_size(_STACK)
            try:
                thread = threading.Thread(target=self._run, args=(first,), name="practice-node", daemon=True)
                thread.start()
            finally:
                threading.stack_size(before)

    def tell(self, *event: Any) -> None:
        """Something happened outside; safe from any thread."""
        self._events.put(event)

    def abandon(self) -> None:
        """The process is gone: whatever the script still does reaches nobody."""
        self._over.set()
        self._events.put(("timers",))

    def memory(self) -> int:
        return int(self._context.memory()["memory_used_size"])

    def _run(self, first: tuple[Any, ...]) -> None:
        engine = quickjs()
        context = self._context = engine.Context()
        context.set_memory_limit(MEMORY)
        context.add_callable("__host", self._host)
        lifter = threading.Thread(target=self._lift, args=(context,), name="practice-node-limit", daemon=True)
        lifter.start()
        try:
            text = _PRELUDE.read_text("utf-8")
            context.eval(text.replace("__PRELUDE_LINES__", str(text.count("\n") + 1)))
            self._live(context, first)
        except engine.JSException as error:
            self._broken(str(error))
        except Exception:
            log.exception("a script's thread failed")
            self._end(70)
        finally:
            self._over.set()
            self._done = True
            self._entering.release()
            lifter.join()
            self._context = None

    def _live(self, context: Any, first: tuple[Any, ...]) -> None:
        enter, pending = context.get("__enter"), context.get("__pending")
        event = first
        while not self._over.is_set():
            self._limited(context, enter, json.dumps(event))
            while not self._over.is_set() and self._limited(context, context.execute_pending_job):
                pass
            if self._over.is_set():
                return
            wait = pending()
            if wait == -1:
                event = ("exit",)
                if not self._events.empty():
                    event = self._events.get()
                continue
            try:
                event = self._events.get(timeout=None if wait == -2 else wait / 1000)
            except queue.Empty:
                event = ("timers",)

    def _limited(self, context: Any, work: Callable[..., Any], *values: Any) -> Any:
        """Calls `work` under the limit.

        Both steps are one call into C, so that the other thread cannot run between them.
        """
        context.set_time_limit(self._seconds)
        try:
            steps: tuple[Callable[[], Any], ...] = (self._entering.release, partial(work, *values))
            return tuple(map(_CALL, steps))[1]
        finally:
            self._lifted.acquire()

    def _lift(self, context: Any) -> None:
        while True:
            self._entering.acquire()
            if self._done:
                return
            time.sleep(_HEAD_START)
            context.set_time_limit(-1)
            self._lifted.release()

    def _host(self, text: str) -> str:
        """The only door; it never raises, for QuickJS cannot carry Python's errors through a script's `catch`."""
        if self._over.is_set():
            return '{"ended":true}'
        name, *values = json.loads(text)
        try:
            if name == "exit":
                self._end(int(values[0]) & 0xFF)
                return '{"ended":true}'
            value = self.memory() if name == "memory" else self._calls.answer(name, values)
            return json.dumps({"value": value})
        except OSError as error:
            return json.dumps({"error": self._failure(error, name)})
        except Exception:
            if not self._over.is_set():
                log.exception("node's call %s failed", name)
            return json.dumps({"error": {"message": f"labrunner's practice engine stumbled in '{name}'"}})

    def _broken(self, text: str) -> None:
        if self._over.is_set():
            return
        if text.startswith("InternalError: interrupted"):
            self._calls.complain(
                f"practice engine: the script was busy for {self._seconds:g} s of processor time without a pause, "
                "and was ended\n"
            )
            self._end(137)
        elif "out of memory" in text:
            self._calls.complain(_HEAP)
            self._end(134)
        else:
            self._calls.complain(f"{text}\n")
            self._end(1)

    def _end(self, status: int) -> None:
        if not self._over.is_set():
            self._over.set()
            self._calls.ended(status)
