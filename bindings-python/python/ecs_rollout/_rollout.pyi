from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any, Generic, Self

from typing_extensions import TypeVar

from .types import Event, Outcome

_E = TypeVar("_E", default=Event)
_O = TypeVar("_O", default=Outcome)

class Rollout(Iterator[_E], AsyncIterator[_E], Generic[_E, _O]):
    """A rollout on its way: iterable in both ways, and awaitable. Each event is given out once.

    Whoever begins it is to see how it ends: by `outcome()`, by `await`, or by reading its events to the end, which raises what
    `outcome()` raises. One that is dropped unseen, or still on its way when the interpreter ends, is a `RuntimeWarning` on
    standard error, and the interpreter's exit status is 120, whatever else it would be. A wait that is interrupted, by Ctrl-C,
    by what a signal's handler raises, or by a timeout, has not seen the end: ask again, or `cancel()`. Dropping it stops the
    watching, never the deployment; so does Ctrl-C. At the interpreter's end it is cancelled; a write that is on its way is
    waited for.

    An error that was raised is seen, unless Python reports that nobody caught it: it ended a thread, was raised in a function of
    `atexit`, or stays in a task of asyncio that nobody asks for it. What the program takes as a value is its own to look at: what
    a future of `concurrent.futures` keeps, what `gather(return_exceptions=True)` or `exception()` gives. A worker of a pool of
    processes says on standard error that it forgot one, unless the pool kills it first; no pool passes on its exit status.

    `asyncio.ensure_future`, `gather` and `wait_for` take it. `create_task`, `TaskGroup` and `asyncio.run` take coroutines alone,
    which what can be iterated is not: await it in one.
    """

    def outcome(self) -> _O:
        """Waits for the end and says what it was. Can be called at any time and again; it always says the same.

        Raises the error that kept the deployment from being live and complete.
        """

    def cancel(self) -> None:
        """Stops the watching; the end is `CancelledError` unless it has come already. A deployment that has begun goes on,
        and so does a task, unless `stop` says otherwise; a push or a build stops.
        """

    def __iter__(self) -> Self: ...
    def __next__(self) -> _E: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _E: ...
    def __await__(self) -> Generator[Any, None, _O]: ...
