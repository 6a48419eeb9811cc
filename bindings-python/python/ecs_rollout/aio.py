# Printed by tests/contract.rs. Do not edit.
"""The verbs for asyncio: await what they return; the event loop goes on meanwhile."""

from ._client import aio_moment

deploy = aio_moment.deploy
plan = aio_moment.plan
check = aio_moment.check
watch = aio_moment.watch
rollback = aio_moment.rollback
resume = aio_moment.resume
deploy_all = aio_moment.deploy_all
plan_all = aio_moment.plan_all
service = aio_moment.service
scale = aio_moment.scale
status = aio_moment.status
explain = aio_moment.explain
logs = aio_moment.logs
export = aio_moment.export
revisions = aio_moment.revisions
prune = aio_moment.prune
remove = aio_moment.remove
run = aio_moment.run
register = aio_moment.register
schedule = aio_moment.schedule
login = aio_moment.login
resolve = aio_moment.resolve
exists = aio_moment.exists
push = aio_moment.push
build = aio_moment.build
whoami = aio_moment.whoami
policy = aio_moment.policy

__all__ = [
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
]
