# Printed by tests/contract.rs. Do not edit.
from collections.abc import Mapping
from os import PathLike
from typing import Any, Self, Unpack

from .types import Change, Changes, Finding

__version__: str

class TaskDefinition:
    """An ECS task definition in the form that can be registered.

    It is a JSON document from end to end: members unknown to this library, the order of members and the values of
    numbers stay as they came. A number that 64 bits cannot hold exactly is refused with its place; a number may get
    another spelling (`1.10` becomes `1.1`). The members that only ECS writes (`revision`, `status` and the like) are
    left out, and `tags` beside a described definition are taken in, except AWS's own.
    """

    def __new__(cls, document: Mapping[str, Any] | str) -> Self:
        """Makes a definition from a document: a task definition, or the answer of DescribeTaskDefinition with one in it.

        Errors: `InvalidError` where it is no object or has no containers.
        """

    @staticmethod
    def load(path: str | PathLike[str]) -> TaskDefinition:
        """Reads a file, JSON or YAML. A file that ends in `.yaml` or `.yml` is YAML; any other is JSON if it begins with
        `{` or `[`. It has at most 8 MiB, 100,000 values and 1,000 containers. A pipe is read to its end, for 60
        seconds at most; a folder or device is refused.

        Errors: `InvalidError` with the file's name, line and column where it cannot be read.
        """

    def render(self, **changes: Unpack[Changes]) -> TaskDefinition:
        """Returns the definition with changes applied; this one does not change.

        The patch comes first, then the containers' changes, then images, then variables: those given, and where one
        is not given the process's environment.

        Errors: `ContainerMissingError` where a change names a container that is not there, `InvalidError` where an
        image reference is malformed, a variable is not set or a patch leaves no valid document.
        """

    def to_dict(self) -> dict[str, Any]:
        """The document."""

    def to_json(self) -> str:
        """The document as indented JSON text."""

    def validate(self) -> list[Finding]:
        """Finds all mistakes at once: what ECS would refuse (errors), and what it takes but is risky (warnings)."""

    def diff(self, other: TaskDefinition) -> list[Change]:
        """Lists the changes from this definition to `other`. Defaults that ECS fills in are no change."""

    def diff_text(self, other: TaskDefinition, color: bool | None = None) -> str:
        """Shows the changes from this definition to `other` as unified text; empty if there are none.

        Values that look like secrets are replaced by numbers, the same number for the same value. `color`: whether to
        color it; `None`: color it if standard output is a terminal and `NO_COLOR` is not set.
        """

    def __eq__(self, other: object) -> bool: ...

def dotenv(path: str | PathLike[str]) -> dict[str, str]:
    """Reads a file of variables in dotenv form, for `environment` of a container.

    Lines are `NAME=value`, with `export` in front or not; `#` begins a comment; values in double or single quotes may
    have several lines; a quote within a value that has none around it is an error. A `$` is a `$`: nothing is
    substituted, so that a password with one in it stays whole. The file has at most 8 MiB. A pipe is read to its end,
    for 60 seconds at most; a folder or device is refused.

    Errors: `InvalidError` with the file's name and line where it cannot be read, is malformed or sets a variable
    twice.
    """

def command_line(arguments: list[str]) -> int:
    """Runs the program `ecs-rollout`, and returns its exit code."""
