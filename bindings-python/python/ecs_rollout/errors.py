"""One exception for each way a call can fail."""

# Printed from the crate's types by tests/contract.rs. Do not edit.

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from . import types


class Error(Exception):
    """What every error of this module is."""

    code: str = ""
    detail: Any

    def __init__(self, message: str, detail: Any = None) -> None:
        super().__init__(message)
        self.detail = detail if detail is not None else {}

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (*self.args, self.detail))


class Invalid(Error):
    """What was asked for cannot be right; nothing has been written to AWS."""

    code = "invalid"
    detail: types.InvalidDetail


class ContainerMissing(Error):
    """The task definition has no container of that name."""

    code = "container_missing"
    detail: types.ContainerMissingDetail


class ImageMissing(Error):
    """The registry has no such image."""

    code = "image_missing"
    detail: types.ImageMissingDetail


class PlatformMismatch(Error):
    """The image was not built for the platform that the task definition asks for."""

    code = "platform_mismatch"
    detail: types.PlatformMismatchDetail


class DefinitionMissing(Error):
    """There is no such task definition (family, revision or ARN), or it is INACTIVE."""

    code = "definition_missing"
    detail: types.DefinitionMissingDetail


class ServiceMissing(Error):
    """The cluster has no such service."""

    code = "service_missing"
    detail: types.ServiceMissingDetail


class ServiceInactive(Error):
    """The service is there but not ACTIVE: it is being deleted, or is deleted."""

    code = "service_inactive"
    detail: types.ServiceInactiveDetail


class ClusterMissing(Error):
    """There is no such cluster where the client calls."""

    code = "cluster_missing"
    detail: types.ClusterMissingDetail


class Unsupported(Error):
    """This cannot be done with a service of that kind, or not by this version; nothing has been written to AWS."""

    code = "unsupported"
    detail: types.UnsupportedDetail


class Denied(Error):
    """The caller's credentials lack a permission."""

    code = "denied"
    detail: types.DeniedDetail


class Credentials(Error):
    """There are no credentials, or they are expired or not accepted."""

    code = "credentials"
    detail: types.CredentialsDetail


class Throttled(Error):
    """AWS kept saying that requests come too fast."""

    code = "throttled"
    detail: types.ThrottledDetail


class Network(Error):
    """The endpoint could not be reached, or broke off."""

    code = "network"
    detail: types.NetworkDetail


class Aws(Error):
    """Anything else that AWS refused, in its own words."""

    code = "aws"
    detail: types.AwsDetail


class Failed(Error):
    """ECS gave up on the deployment and did not go back."""

    code = "failed"
    detail: types.FailedDetail


class RolledBack(Error):
    """ECS gave up on the deployment and went, or is going, back to an earlier one."""

    code = "rolled_back"
    detail: types.RolledBackDetail


class Superseded(Error):
    """Another deployment took the place of this one before it was complete."""

    code = "superseded"
    detail: types.SupersededDetail


class Stopped(Error):
    """Somebody stopped the deployment."""

    code = "stopped"
    detail: types.StoppedDetail


class TimedOut(Error):
    """The deployment did not reach its end in the time given; ECS goes on with it."""

    code = "timed_out"
    detail: types.TimedOutDetail


class Cancelled(Error):
    """The watching was cancelled; a deployment that has begun goes on, all else stops."""

    code = "cancelled"
    detail: types.CancelledDetail


class TaskFailed(Error):
    """A one-off task did not start, or ended with an exit code other than 0; before a deployment, nothing of that is written."""

    code = "task_failed"
    detail: types.TaskFailedDetail


class PushFailed(Error):
    """The registry did not take the image."""

    code = "push_failed"
    detail: types.PushFailedDetail


BY_CODE: dict[str, type[Error]] = {
    "invalid": Invalid,
    "container_missing": ContainerMissing,
    "image_missing": ImageMissing,
    "platform_mismatch": PlatformMismatch,
    "definition_missing": DefinitionMissing,
    "service_missing": ServiceMissing,
    "service_inactive": ServiceInactive,
    "cluster_missing": ClusterMissing,
    "unsupported": Unsupported,
    "denied": Denied,
    "credentials": Credentials,
    "throttled": Throttled,
    "network": Network,
    "aws": Aws,
    "failed": Failed,
    "rolled_back": RolledBack,
    "superseded": Superseded,
    "stopped": Stopped,
    "timed_out": TimedOut,
    "cancelled": Cancelled,
    "task_failed": TaskFailed,
    "push_failed": PushFailed,
}

__all__ = [
    "Error",
    "Invalid",
    "ContainerMissing",
    "ImageMissing",
    "PlatformMismatch",
    "DefinitionMissing",
    "ServiceMissing",
    "ServiceInactive",
    "ClusterMissing",
    "Unsupported",
    "Denied",
    "Credentials",
    "Throttled",
    "Network",
    "Aws",
    "Failed",
    "RolledBack",
    "Superseded",
    "Stopped",
    "TimedOut",
    "Cancelled",
    "TaskFailed",
    "PushFailed",
]
