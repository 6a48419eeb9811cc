"""Takes a container image into production on Amazon ECS and tells the truth about what happened."""

from ._native import Client, Rollout, TaskDefinition, __version__, deploy, dotenv, plan, resume, rollback, watch
from .errors import *  # noqa: F403
from .errors import __all__ as _errors

__all__ = [
    "Client", "Rollout", "TaskDefinition", "__version__", "deploy", "dotenv", "plan", "resume", "rollback", "watch", *_errors,
]
