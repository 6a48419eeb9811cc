# Printed by tests/contract.rs. Do not edit.
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any, Generic, Self

from typing_extensions import TypeVar

from .types import Event, Outcome

_E = TypeVar("_E", default=Event)
_O = TypeVar("_O", default=Outcome)

class Rollout(Iterator[_E], AsyncIterator[_E], Generic[_E, _O]):
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

    def outcome(self) -> _O:
        """Waits for the end and returns the outcome. May be called at any time, and again: the answer stays the same.

        Errors: The error with which the rollout ended.
        """

    def cancel(self) -> None:
        """Ends the wait with `CancelledError`, unless the rollout has ended already. A deployment that has begun goes
        on; so does a task, without `stop`; a push or a build stops.
        """

    def __iter__(self) -> Self: ...
    def __next__(self) -> _E: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _E: ...
    def __await__(self) -> Generator[Any, None, _O]: ...

class Pending: ...
