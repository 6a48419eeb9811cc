"""How values become JSON text: what has no form in JSON is refused with its place, and never repeated, since it may be a secret."""

from __future__ import annotations

from ._native import TaskDefinition
from .errors import InvalidError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_INEXACT = "a number that cannot be kept exactly in 64 bits: give a smaller one, or a text"
# Stands for a definition until the text is complete: it keeps the spelling of numbers.
_MARK = "\ue000ecs_rollout definition "


def to_text(value: Any) -> str:
    """The value as JSON text: a `TaskDefinition` as its document, a date and a path as their text."""
    import json

    definitions: dict[str, str] = {}

    def stand_in(one: Any) -> Any:
        if isinstance(one, TaskDefinition):
            mark = f"{_MARK}{len(definitions)}"
            definitions[json.dumps(mark)] = one.to_json()
            return mark
        for method in ("isoformat", "__fspath__"):
            if hasattr(one, method):
                return getattr(one, method)()
        raise TypeError(f"a {type(one).__name__} is no JSON value")

    try:
        text = json.dumps(value, default=stand_in, allow_nan=False)
    except Exception as error:
        raise _refused(*(_misfit(value, "", 0) or ("", f"a value given is no JSON: {error}"))) from None
    for mark, definition in definitions.items():
        text = text.replace(mark, definition)
    return text


def refuse_inexact(value: Any) -> None:
    """Refuses a number that cannot be kept exactly, with its place."""
    raise _refused(*(_misfit(value, "", 0) or ("", _INEXACT)))


def _refused(path: str, why: str) -> InvalidError:
    text = f"{path}: {why}" if path else why
    return InvalidError(f"invalid input: {text}", {**({"path": path} if path else {}), "text": text, "findings": []})


def _misfit(value: Any, path: str, depth: int) -> tuple[str, str] | None:
    """Where a value is that is no JSON, and what to give instead."""
    kind = type(value).__name__
    if depth > 64:
        return path, "it holds itself"
    if isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            return path, "the names in a dict are texts"
        inner = [(f"{path}.{name}" if path else name, one) for name, one in value.items()]
    elif isinstance(value, list | tuple):
        inner = [(f"{path}[{index}]", one) for index, one in enumerate(value)]
    elif isinstance(value, int) and not -(2**63) <= value < 2**64:
        return path, _INEXACT
    elif value is None or isinstance(value, str | int | TaskDefinition) or hasattr(value, "isoformat") or hasattr(value, "__fspath__"):
        return None
    elif isinstance(value, float):
        is_finite = value - value == 0
        return None if is_finite else (path, "a number without an end, or none at all, was given: give a finite number")
    else:
        reasons = (
            (isinstance(value, bytes | bytearray), f"{kind} given, a text expected: decode it first"),
            (hasattr(value, "total_seconds"), f"a {kind} given: give its total_seconds()"),
            (callable(value), "a function given, and none is called: iterate over what the verb returns to see its events"),
            (hasattr(value, "__await__"), f"a {kind} given: await it first"),
            (hasattr(value, "__iter__"), f"a {kind} given: give a list or a dict"),
        )
        return path, next((why for is_it, why in reasons if is_it), f"a {kind} given, which is no JSON value")
    return next(filter(None, (_misfit(one, where, depth + 1) for where, one in inner)), None)
