"""The client, and the module's functions: each call of one has a client of its own, with the environment as it is then."""

from __future__ import annotations

from . import _native
from ._credential import Credential
from ._rollout import Pending, Rollout
from ._verbs import AioVerbs, Verbs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Unpack

    from .types import ClientOptions


def _made(verb: str, value: Any) -> Any:
    return [Credential(**one) for one in value] if verb == "login" else value


class Client(Verbs):
    """A connection to Amazon ECS in one account and region. Nothing is called before it is used."""

    def __init__(self, **settings: Unpack[ClientOptions]) -> None:
        """Takes settings; the environment gives what is missing. Raises `InvalidError` if one is unknown."""
        self._native = _native.Client(settings)

    @classmethod
    def _of(cls, native: Any) -> Client:
        client = cls.__new__(cls)
        client._native = native
        return client

    @property
    def aio(self) -> Aio:
        """The same verbs for asyncio: await what they return; the event loop goes on meanwhile."""
        return Aio(self._native)

    def _begin(self, verb: str, options: dict[str, Any]) -> Rollout:
        return Rollout(self._native.begin(verb, options))

    def _ask(self, verb: str, options: dict[str, Any]) -> Any:
        return _made(verb, self._native.wait(verb, options))

    def __repr__(self) -> str:
        return repr(self._native)


class Aio(AioVerbs):
    """The verbs of a client for asyncio: await what they return; the event loop goes on meanwhile.

    A rollout is the same as `Client`'s: await it, or read it with `async for`. A call starts at once; if nobody awaits it, that
    is a `RuntimeWarning`, and the interpreter's exit status is not 0.
    """

    _begin = Client._begin

    def __init__(self, native: Any) -> None:
        self._native = native

    def _ask(self, verb: str, options: dict[str, Any]) -> Pending:
        return Pending(self._native.begin(verb, options), lambda value: _made(verb, value))

    def __repr__(self) -> str:
        return f"{self._native!r}.aio"


class Moment(Client):
    """The verbs as functions of the module."""

    _native = property(lambda self: _native.Client({}))

    def __init__(self) -> None: ...


class AioMoment(Aio):
    """The verbs as functions of the module for asyncio."""

    _native = Moment._native

    def __init__(self) -> None: ...


moment = Moment()
aio_moment = AioMoment()
