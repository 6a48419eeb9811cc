from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from ._client import Client

class Simulator:
    """The ECS control plane in small, served from this process on a clock of its own.

    `world`, or its members by name, is its state and behaviour: clusters, definitions, services, images, faults, script,
    and `speed`, how many simulated seconds pass in a second; 0 lets time pass only as `client()` waits, so that a rollout takes no time.
    """

    def __init__(self, world: Mapping[str, Any] | None = None, **members: Any) -> None: ...
    @property
    def endpoint(self) -> str:
        """Where it serves, as an endpoint URL for any AWS SDK."""

    @property
    def now(self) -> float:
        """Simulated seconds since it started."""

    def client(self) -> Client:
        """A client for it, with made-up credentials, that waits by its clock."""

    def advance(self, seconds: float) -> None:
        """Lets simulated seconds pass."""

    def add(self, world: Mapping[str, Any]) -> None:
        """Adds to its world."""

    def calls(self) -> list[dict[str, Any]]:
        """The calls that came, in order: `at`, `operation`, `input`, `status`."""

    def truth(self) -> list[dict[str, Any]]:
        """What really became of every deployment."""

    def invocations(self) -> list[dict[str, Any]]:
        """The calls that schedules and rules made, in order: `at`, `schedule`, `group`, `route`, `target`, `input`, `http`,
        `operation`, `error`."""

    def close(self) -> None:
        """Stops it."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
