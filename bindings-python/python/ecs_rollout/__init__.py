# Printed by tests/contract.rs. Do not edit.
"""Takes a container image into production on Amazon ECS and tells the truth about what happened."""

from . import aio
from ._client import Client, moment
from ._credential import Credential
from ._native import TaskDefinition, __version__, dotenv
from ._rollout import Rollout
from .errors import *  # noqa: F403
from .errors import __all__ as _errors

deploy = moment.deploy
plan = moment.plan
check = moment.check
watch = moment.watch
rollback = moment.rollback
resume = moment.resume
deploy_all = moment.deploy_all
plan_all = moment.plan_all
service = moment.service
scale = moment.scale
status = moment.status
explain = moment.explain
logs = moment.logs
export = moment.export
revisions = moment.revisions
prune = moment.prune
remove = moment.remove
run = moment.run
register = moment.register
schedule = moment.schedule
login = moment.login
resolve = moment.resolve
exists = moment.exists
push = moment.push
build = moment.build
whoami = moment.whoami
policy = moment.policy

__all__ = [
    "Client", "Credential", "Rollout", "TaskDefinition", "__version__", "aio", "dotenv",
    "deploy",
    "plan",
    "check",
    "watch",
    "rollback",
    "resume",
    "deploy_all",
    "plan_all",
    "service",
    "scale",
    "status",
    "explain",
    "logs",
    "export",
    "revisions",
    "prune",
    "remove",
    "run",
    "register",
    "schedule",
    "login",
    "resolve",
    "exists",
    "push",
    "build",
    "whoami",
    "policy",
    *_errors,
]
