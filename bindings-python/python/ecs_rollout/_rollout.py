"""What runs in the background, how it is waited for, and how the interpreter ends without losing sight of it."""

from __future__ import annotations

import atexit
import os
import sys
import warnings
import weakref
from contextlib import suppress
from itertools import count
from types import GenericAlias

from . import _native
from .errors import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine, Generator
    from threading import Thread
    from typing import Any

PACKAGE = __name__.partition(".")[0]


class Begun:
    """Something that was begun, and whose end somebody is to see."""

    _advice = "call outcome() on what it returns, or await it"
    # How often its error was raised to somebody, but for where Python has said that nobody caught it.
    _errors = 0

    def __init__(self, running: Any) -> None:
        self._running = running
        self._call = running.call
        self._place = place()
        self._process = os.getpid()
        self._is_seen = False
        _alive.add(self)
        _end_with_child()

    def _end(self) -> str:
        """How it ended, as far as that is known."""
        try:
            ended = self._running.try_outcome()
        except Exception as error:
            return f"{getattr(error, 'code', type(error).__name__)}: {error}"
        return "on its way" if ended is None else "success"

    def _give(self, end: Callable[[], Any]) -> Any:
        """Gives the end to whoever asked for it, who has seen it then. A wait that is interrupted gives none."""
        try:
            given = end()
        except Error as error:
            self._errors += 1
            _watch(error, self)
            raise
        self._is_seen = True
        return given

    def _is_unseen(self) -> bool:
        # One that could not be begun has no such member, and what was begun before a fork is the other process's to see.
        return not (getattr(self, "_is_seen", True) or self._errors) and self._process == os.getpid()

    def _warn(self, why: str = "") -> None:
        """Says that nobody has seen the end: on standard error, and by the interpreter's exit status."""
        self._is_seen = True
        _forget()
        warnings.warn_explicit(self._told(why), RuntimeWarning, *self._place)

    def _told(self, why: str) -> str:
        return f"nobody has seen how {self._call} ends: {self._advice} (last known: {why}{self._end()})"

    def __del__(self) -> None:
        if self._is_unseen():
            self._warn()

    def __repr__(self) -> str:
        return f"<{PACKAGE}: {self._call}: {self._end()}>"


class Rollout(Begun):
    """A rollout that was started: iterable in both ways, and awaitable. Each event is given out once.

    Whoever starts it must look at its end: by `outcome()`, by `await`, or by reading its events to the end, which raises what
    `outcome()` raises. If nobody does before it is dropped or the interpreter ends, that is a `RuntimeWarning` on standard error,
    and the interpreter's exit status is 120, whatever else it would be. A wait that is interrupted, by Ctrl-C, by what a signal's
    handler raises, or by a timeout, has not seen the end: ask again, or `cancel()`. Dropping it stops the watching, never the
    deployment; so does Ctrl-C. When the interpreter ends, it is cancelled; a write that has begun is waited for.

    An error that was raised is seen, unless Python reports that nobody caught it: it ended a thread, was raised in a function of
    `atexit`, or stays in a task of asyncio that nobody asks for it. An error that the program takes as a value is the program's own
    to look at: in a future of `concurrent.futures`, or from `gather(return_exceptions=True)` or `exception()`. A worker of a pool of
    processes reports on standard error that it forgot one, unless the pool kills it first; no pool passes on its exit status.

    `asyncio.ensure_future`, `gather` and `wait_for` take it. `create_task`, `TaskGroup` and `asyncio.run` take coroutines alone.
    """

    _advice = "call outcome() on what it returns, or await it; asyncio.ensure_future makes a task of it"

    __class_getitem__ = classmethod(GenericAlias)

    def outcome(self) -> Any:
        """Waits for the end, and returns the outcome or raises the error. Can be called again, with the same result."""
        return self._give(self._running.outcome)

    def cancel(self) -> None:
        """Stops the watching; the end is `CancelledError` unless it has come already."""
        self._is_seen = True
        self._running.cancel()

    def __iter__(self) -> Rollout:
        return self

    def __next__(self) -> Any:
        event = self._running.next()
        if event is None:
            self.outcome()
            raise StopIteration
        return self._note(event)

    def _note(self, event: Any) -> Any:
        """Whoever is given the success has seen how it ends."""
        if isinstance(event, dict) and event.get("type") == "succeeded":
            self._is_seen = True
        return event

    def __aiter__(self) -> Rollout:
        return self

    async def __anext__(self) -> Any:
        # Nothing is taken before this coroutine goes on: an await that is cancelled loses no event.
        while (there := self._running.try_next()) is None:
            await heard(self._running.when_next)
        if there[0] is None:
            self.outcome()
            raise StopAsyncIteration
        return self._note(there[0])

    async def _wait(self) -> Any:
        await heard(self._running.when_ended)
        return self.outcome()

    def __await__(self) -> Generator[Any, None, Any]:
        return self._wait().__await__()


class Pending(Begun):
    """A verb without events that was started: a coroutine, to be awaited once."""

    _advice = "await what it returns"

    def __init__(self, running: Any, made: Callable[[Any], Any]) -> None:
        self._made = made
        self._coroutine: Coroutine[Any, Any, Any] | None = None
        super().__init__(running)

    async def _wait(self) -> Any:
        try:
            await heard(self._running.when_ended)
        except BaseException:
            # The call ends with the waiting for it. If it has written something, its end is reported later.
            self._is_seen = self._running.cancel()
            raise
        return self._made(self._give(self._running.outcome))

    def _run(self) -> Coroutine[Any, Any, Any]:
        if self._coroutine is None:
            self._coroutine = self._wait()
        return self._coroutine

    def __await__(self) -> Generator[Any, None, Any]:
        return self._run().__await__()

    def send(self, value: Any) -> Any:
        return self._run().send(value)

    def throw(self, *error: Any) -> Any:
        return self._run().throw(*error)

    def close(self) -> None:
        self._run().close()


def place() -> tuple[str, int]:
    """The file and line outside this package that began it."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == PACKAGE:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


async def heard(expect: Callable[[int], Any]) -> None:
    """Waits, on the running loop, until what is expected is there."""
    import asyncio

    future = asyncio.get_running_loop().create_future()
    token = next(_tokens)
    _waiting[token] = future
    expected = None
    try:
        expected = expect(token)
        _listen()
        await future
    finally:
        # Dropping it ends the waiting.
        del expected, _waiting[token]


def _listen() -> None:
    """Has a thread of Python's own listen: those that do the work never enter the interpreter, which may be ending."""
    global _listener
    if _listener is None:
        import threading

        _listener = threading.Thread(target=_pass_on, name=f"{PACKAGE} listener", daemon=True)
        _listener.start()


def _pass_on() -> None:
    while (token := _native.heard()) is not None:
        future = _waiting.get(token)
        if future is not None:
            try:
                future.get_loop().call_soon_threadsafe(_wake, future)
            except RuntimeError:
                pass  # its loop is closed: nobody waits any more


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class _Ending:
    """Standard error of an interpreter that must not end with status 0.

    Python's own means: where flushing standard error fails at the very end, after all that was registered with `atexit`, the
    exit status is 120.
    """

    closed = False

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def flush(self) -> None:
        if self._stream is not None:
            self._stream.flush()
        if sys.is_finalizing():
            raise OSError("a rollout was forgotten")


def _forget() -> None:
    """Has the interpreter end with the status of one that forgot a rollout, whatever else it would end with."""
    global _is_forgotten
    _is_forgotten = True
    if _is_ending and not isinstance(sys.stderr, _Ending):
        sys.stderr = _Ending(sys.stderr)


def _forked() -> None:
    """What a process has forgotten, one that is forked from it has not."""
    global _is_forgotten
    _is_forgotten = False


def _watch(error: Error, begun: Begun) -> None:
    """Listens to what Python says of errors that nobody catches: whether one is caught cannot be asked."""
    global _is_watching
    _raised[error] = begun
    if _is_watching:
        return
    _is_watching = True
    import logging
    import threading

    is_finalizing = sys.is_finalizing

    def hook(module: Any, name: str) -> None:
        before = getattr(module, name)

        def told(what: Any) -> None:
            # Later, this module is no longer whole.
            if not is_finalizing():
                _uncaught(what.exc_value)
            before(what)

        setattr(module, name, told)

    def logged(record: logging.LogRecord) -> bool:
        if isinstance(record.exc_info, tuple):
            _uncaught(record.exc_info[1])
        return True

    # Of a thread that it ends, of what is called at the interpreter's end, and of a task of asyncio that nobody asked for it.
    hook(threading, "excepthook")
    hook(sys, "unraisablehook")
    logging.getLogger("asyncio").addFilter(logged)


def _uncaught(error: BaseException | None) -> None:
    """Takes back that somebody has seen the end that this error, or each one in this group, is of."""
    for one in getattr(error, "exceptions", ()):
        _uncaught(one)
    begun = _raised.pop(error, None) if isinstance(error, Error) else None
    if begun is not None:
        begun._errors -= 1


def _left() -> list[BaseException]:
    """The errors in tasks and futures of asyncio that nobody has asked for: asyncio tells of them once they are gone."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None or not _raised:
        return []
    import gc

    futures = [one for one in gc.get_objects() if issubclass(type(one), asyncio.Future)]
    return [one._exception for one in futures if getattr(one, "_log_traceback", False)]


def _end() -> None:
    """Lets nothing be in flight when the interpreter ends, and says what nobody has seen."""
    global _listener, _is_ending
    _is_ending = True
    for error in _left():
        _uncaught(error)
    unseen = [begun for begun in _alive if begun._is_unseen()]
    # Before anything that can be interrupted, or that the program has its own way with.
    if unseen or _is_forgotten:
        _forget()
    on_its_way = {id(begun) for begun in unseen if begun._end() == "on its way"}
    try:
        _native.end_all()
    finally:
        if _listener is not None:
            _native.hush()
            _listener.join()
            _listener = None
        # Also where another thread has seen that it was cancelled here.
        for begun in unseen:
            _warn_at_end(begun, "the interpreter ended first; " if id(begun) in on_its_way else "")


def _end_with_child() -> None:
    """Has a process that `multiprocessing` forked end as any other: it leaves without what was registered with `atexit`."""
    global _child
    process = sys.modules.get("multiprocessing.process")
    if process is None or process.parent_process() is None or _child == os.getpid():
        return
    from multiprocessing.util import Finalize

    _child = os.getpid()
    # After all others: those that wait for processes and queues of their own come first.
    Finalize(None, _end_child, exitpriority=-100)


def _end_child() -> None:
    _end()
    # What is raised already has a status of its own.
    error = sys.exc_info()[1]
    if _is_forgotten and (error is None or (isinstance(error, SystemExit) and not error.code)):
        raise SystemExit(_FORGOTTEN)


def _warn_at_end(begun: Begun, why: str) -> None:
    try:
        begun._warn(why)
    except BaseException as error:
        # Warnings are errors to this program, or it has a way of its own with them; nobody is left to raise to.
        with suppress(Exception):
            print(f"{RuntimeWarning.__name__}: {error if isinstance(error, RuntimeWarning) else begun._told(why)}", file=sys.stderr)


_alive: weakref.WeakSet[Begun] = weakref.WeakSet()
_waiting: dict[int, asyncio.Future[None]] = {}
_tokens = count()
_listener: Thread | None = None
# The errors that were raised to somebody and are still there, and what they are the end of.
_raised: weakref.WeakKeyDictionary[Error, Begun] = weakref.WeakKeyDictionary()
_is_watching = False
_is_ending = False
_is_forgotten = False
# The exit status of a process that forgot a rollout, as Python's own for one whose standard error cannot be flushed.
_FORGOTTEN = 120
# The process of `multiprocessing` that is ended by `_end_child`.
_child: int | None = None
atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
