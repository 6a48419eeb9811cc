# Printed by tests/contract.rs. Do not edit.
"""A user and a password for a registry."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


class Credential:
    """A user and a password for a registry. Printing it does not show the password: `password` does."""

    __slots__ = ("registry", "user", "expires", "file", "shadowed", "_secrets")

    registry: str
    """The registry's host."""
    user: str
    """The user's name."""
    expires: float
    """Until when it is valid, in seconds since 1970."""
    file: Path | None
    """The file it was written to."""
    shadowed: str | None
    """What keeps other programs from using what was written."""

    def __init__(self, password: str, masks: list[str], file: str | None = None, shadowed: str | None = None, **shown: Any) -> None:
        from pathlib import Path

        self.file, self.shadowed = Path(file) if file else None, shadowed
        for name, value in shown.items():
            setattr(self, name, value)
        # Not a member that whatever prints objects would print.
        self._secrets = lambda: {"password": password, "masks": [*masks]}

    def password(self) -> str:
        """The password."""
        return self._secrets()["password"]

    def masks(self) -> list[str]:
        """The lines that make GitHub Actions hide the secret in all that is printed later (`::add-mask::…`). They hold
        it: print them first, and nowhere else.
        """
        return self._secrets()["masks"]

    def __repr__(self) -> str:
        return f"Credential(registry={self.registry!r}, user={self.user!r}, expires={self.expires!r})"
