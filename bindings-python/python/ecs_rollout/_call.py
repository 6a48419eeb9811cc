"""Makes methods of the printed verbs: the printed code declares the parameters, with their types and defaults, and is never run itself."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    _F = TypeVar("_F", bound=Callable[..., Any])


def begins(shape: _F) -> _F:
    """A verb with events and an outcome."""
    return _method(shape, "_begin")


def asks(shape: _F) -> _F:
    """A verb that gives a value alone."""
    return _method(shape, "_ask")


def _method(shape: Any, way: str) -> Any:
    name = shape.__name__
    positional = shape.__code__.co_varnames[1 : shape.__code__.co_argcount]

    def verb(self: Any, /, *given: Any, **options: Any) -> Any:
        if len(given) > len(positional):
            raise TypeError(f"{name}() takes its options by name")
        return getattr(self, way)(name, {**dict(zip(positional, given)), **options})

    for attribute in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(verb, attribute, getattr(shape, attribute))
    # `inspect.signature` and `help` show the parameters of what stands here.
    verb.__wrapped__ = shape  # type: ignore[attr-defined]
    return verb
