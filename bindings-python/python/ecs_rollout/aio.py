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
service = aio_moment.service
scale = aio_moment.scale
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
    "service",
    "scale",
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
