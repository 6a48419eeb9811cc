"""The verbs for asyncio: what they return is awaited, and the event loop goes on meanwhile."""

from ._client import aio_moment

build = aio_moment.build
deploy = aio_moment.deploy
deploy_all = aio_moment.deploy_all
exists = aio_moment.exists
login = aio_moment.login
plan = aio_moment.plan
push = aio_moment.push
register = aio_moment.register
resolve = aio_moment.resolve
resume = aio_moment.resume
rollback = aio_moment.rollback
run = aio_moment.run
scale = aio_moment.scale
schedule = aio_moment.schedule
service = aio_moment.service
watch = aio_moment.watch
whoami = aio_moment.whoami

__all__ = [
    "build", "deploy", "deploy_all", "exists", "login", "plan", "push", "register", "resolve", "resume", "rollback", "run",
    "scale", "schedule", "service", "watch", "whoami",
]
