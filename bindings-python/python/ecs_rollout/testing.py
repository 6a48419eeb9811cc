"""The ECS control plane in small, for tests of deploy scripts."""

from . import _native
from ._client import Client

__all__ = ["Simulator"]


class Simulator(_native.Simulator):
    """The ECS control plane in small, served from this process on a clock of its own."""

    def client(self) -> Client:
        """A client for it, with made-up credentials, that waits by its clock."""
        return Client._of(super().client())
