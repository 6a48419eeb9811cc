"""The verbs: of a client, of the module with the environment of the moment, and of both for asyncio."""

from __future__ import annotations

from . import _native
from ._rollout import Pending, Rollout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Verbs:
    """All that a client can do. Those that derive from this say how a rollout is begun, and how a value is waited for."""

    def _begin(self, verb: str, options: dict[str, Any]) -> Rollout:
        raise NotImplementedError

    def _ask(self, verb: str, options: dict[str, Any]) -> Any:
        raise NotImplementedError

    def build(self, **options: Any) -> Rollout:
        """Builds an image with `docker buildx`, `podman` or `buildah`, and pushes it where `image` is given. Starts at once."""
        return self._begin("build", options)

    def deploy(self, **options: Any) -> Rollout:
        """Deploys a task definition to a service and watches it to the verdict. Starts at once."""
        return self._begin("deploy", options)

    def deploy_all(self, **options: Any) -> Rollout:
        """Deploys to many services and watches them with one poller. Starts at once."""
        return self._begin("deploy_all", options)

    def exists(self, image: str, **options: Any) -> Any:
        """Says whether the registry has such an image."""
        return self._ask("exists", {"image": image, **options})

    def login(self, **options: Any) -> Any:
        """Gets credentials for registries of Amazon ECR."""
        return self._ask("login", options)

    def plan(self, **options: Any) -> Any:
        """Says what `deploy` would do with the same request at this moment, without writing anything."""
        return self._ask("plan", options)

    def push(self, **options: Any) -> Rollout:
        """Pushes an image from a file to a registry, without an engine. Starts at once."""
        return self._begin("push", options)

    def register(self, **options: Any) -> Any:
        """Registers a revision of a task definition, unless an equal one exists."""
        return self._ask("register", options)

    def resolve(self, image: str, **options: Any) -> Any:
        """Says what an image reference names: digest, platforms, size."""
        return self._ask("resolve", {"image": image, **options})

    def resume(self, **options: Any) -> Rollout:
        """Lets a deployment that waits at a hook go on, and watches it to the verdict. Starts at once."""
        return self._begin("resume", options)

    def rollback(self, **options: Any) -> Rollout:
        """Goes back to what a service ran before, and watches that to the verdict. Starts at once."""
        return self._begin("rollback", options)

    def run(self, **options: Any) -> Rollout:
        """Runs a task to its end, such as a migration, and says how it ended. Starts at once."""
        return self._begin("run", options)

    def scale(self, **options: Any) -> Any:
        """Scales a service, and says how it is scaled then."""
        return self._ask("scale", options)

    def schedule(self, **options: Any) -> Any:
        """Creates or changes a schedule of EventBridge, and says what was done."""
        return self._ask("schedule", options)

    def service(self, **options: Any) -> Rollout:
        """Creates a service, or brings it to what is asked, and watches that to the verdict. Starts at once."""
        return self._begin("service", options)

    def watch(self, **options: Any) -> Rollout:
        """Watches a deployment that somebody else began, to the verdict. Starts at once and writes nothing."""
        return self._begin("watch", options)

    def whoami(self) -> Any:
        """Says which account and identity the calls are signed by."""
        return self._ask("whoami", {})


class Client(Verbs):
    """A connection to Amazon ECS in one account and region. Nothing is called before it is used."""

    def __init__(self, **settings: Any) -> None:
        self._native = _native.Client(settings)

    @classmethod
    def _of(cls, native: Any) -> Client:
        client = cls.__new__(cls)
        client._native = native
        return client

    @property
    def aio(self) -> Aio:
        """The same verbs for asyncio: what they return is awaited, and the event loop goes on meanwhile."""
        return Aio(self._native)

    def _begin(self, verb: str, options: dict[str, Any]) -> Rollout:
        return Rollout(self._native.begin(verb, options), verb, options)

    def _ask(self, verb: str, options: dict[str, Any]) -> Any:
        return self._native.wait(verb, options)

    def __repr__(self) -> str:
        return repr(self._native)


class Aio(Verbs):
    """The verbs of a client for asyncio: what they return is awaited, and the event loop goes on meanwhile."""

    def __init__(self, native: Any) -> None:
        self._native = native

    def _begin(self, verb: str, options: dict[str, Any]) -> Rollout:
        return Rollout(self._native.begin(verb, options), verb, options)

    def _ask(self, verb: str, options: dict[str, Any]) -> Pending:
        return Pending(self._native.ask(verb, options), verb, options)

    def __repr__(self) -> str:
        return f"{self._native!r}.aio"


class Moment(Verbs):
    """The verbs as functions of the module: each call has a client of its own, with the environment as it is then."""

    def _begin(self, verb: str, options: dict[str, Any]) -> Rollout:
        return Client()._begin(verb, options)

    def _ask(self, verb: str, options: dict[str, Any]) -> Any:
        return Client()._ask(verb, options)


class AioMoment(Moment):
    """The same for asyncio."""

    def _ask(self, verb: str, options: dict[str, Any]) -> Pending:
        return Client().aio._ask(verb, options)


moment = Moment()
aio_moment = AioMoment()
