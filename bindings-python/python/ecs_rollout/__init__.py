"""Takes a container image into production on Amazon ECS and tells the truth about what happened."""

from ._native import (
    Client, Credential, Rollout, TaskDefinition, __version__,
    build, deploy, deploy_all, dotenv, exists, login, plan, push, register, resolve, resume, rollback, run, scale, schedule, service, watch,
    whoami,
)
from .errors import *  # noqa: F403
from .errors import __all__ as _errors

__all__ = [
    "Client", "Credential", "Rollout", "TaskDefinition", "__version__",
    "build", "deploy", "deploy_all", "dotenv", "exists", "login", "plan", "push", "register", "resolve", "resume", "rollback", "run",
    "scale", "schedule", "service", "watch", "whoami",
    *_errors,
]
