# Printed by tests/contract.rs. Do not edit.
"""A user and a password for a registry."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


class Credential:
    """Credentials for one registry. The password is shown only by `password`."""

    __slots__ = ("registry", "user", "expires", "file", "shadowed", "_secrets")

    registry: str
    """The registry's host."""
    user: str
    """The user's name."""
    expires: float
    """When it expires, in seconds since 1970."""
    file: Path | None
    """The file it was written to."""
    shadowed: str | None
    """Why other programs will not use what was written: a credential helper that Docker asks first."""

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
        """Lines that make GitHub Actions hide the secret in all later output (`::add-mask::…`). They contain the secret:
        print them first, and write them nowhere else.
        """
        return self._secrets()["masks"]

    def __repr__(self) -> str:
        return f"Credential(registry={self.registry!r}, user={self.user!r}, expires={self.expires!r})"
