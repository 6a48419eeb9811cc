"""Takes a container image into production on Amazon ECS and tells the truth about what happened."""

from . import aio
from ._client import Client, moment
from ._native import Credential, TaskDefinition, __version__, dotenv
from ._rollout import Rollout
from .errors import *  # noqa: F403
from .errors import __all__ as _errors

build = moment.build
deploy = moment.deploy
deploy_all = moment.deploy_all
exists = moment.exists
login = moment.login
plan = moment.plan
push = moment.push
register = moment.register
resolve = moment.resolve
resume = moment.resume
rollback = moment.rollback
run = moment.run
scale = moment.scale
schedule = moment.schedule
service = moment.service
watch = moment.watch
whoami = moment.whoami

__all__ = [
    "Client", "Credential", "Rollout", "TaskDefinition", "__version__", "aio",
    "build", "deploy", "deploy_all", "dotenv", "exists", "login", "plan", "push", "register", "resolve", "resume", "rollback", "run",
    "scale", "schedule", "service", "watch", "whoami",
    *_errors,
]
