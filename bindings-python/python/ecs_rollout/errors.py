# Printed by tests/contract.rs. Do not edit.
"""One exception for each way a call can fail."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from . import types


class Error(Exception):
    """The base class of all errors of this module."""

    code: str = ""
    detail: Any

    def __init__(self, message: str, detail: Any = None) -> None:
        super().__init__(message)
        self.detail = detail if detail is not None else {}

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (*self.args, self.detail))


class DeploymentError(Error):
    """The end of a deployment, or of a task, that is not success."""


class InvalidError(Error):
    """What was asked for cannot be right; nothing has been written to AWS."""

    code = "invalid"
    detail: types.InvalidDetail


class ContainerMissingError(Error):
    """The task definition has no container of that name."""

    code = "container_missing"
    detail: types.ContainerMissingDetail


class ImageMissingError(Error):
    """The registry has no such image."""

    code = "image_missing"
    detail: types.ImageMissingDetail


class PlatformMismatchError(Error):
    """The image was not built for the platform that the task definition asks for."""

    code = "platform_mismatch"
    detail: types.PlatformMismatchDetail


class DefinitionMissingError(Error):
    """There is no such task definition (family, revision or ARN), or it is INACTIVE."""

    code = "definition_missing"
    detail: types.DefinitionMissingDetail


class ServiceMissingError(Error):
    """The cluster has no such service."""

    code = "service_missing"
    detail: types.ServiceMissingDetail


class ServiceInactiveError(Error):
    """The service is there but not ACTIVE: it is being deleted, or is deleted."""

    code = "service_inactive"
    detail: types.ServiceInactiveDetail


class ClusterMissingError(Error):
    """There is no such cluster where the client calls."""

    code = "cluster_missing"
    detail: types.ClusterMissingDetail


class UnsupportedError(Error):
    """This cannot be done with a service of that kind, or not by this version; nothing has been written to AWS."""

    code = "unsupported"
    detail: types.UnsupportedDetail


class DeniedError(Error):
    """The caller's credentials lack a permission."""

    code = "denied"
    detail: types.DeniedDetail


class CredentialsError(Error):
    """There are no credentials, or they are expired or not accepted."""

    code = "credentials"
    detail: types.CredentialsDetail


class ThrottledError(Error):
    """AWS kept saying that requests come too fast."""

    code = "throttled"
    detail: types.ThrottledDetail


class NetworkError(Error):
    """The endpoint could not be reached, or broke off."""

    code = "network"
    detail: types.NetworkDetail


class AwsError(Error):
    """Anything else that AWS refused, in its own words."""

    code = "aws"
    detail: types.AwsDetail


class FailedError(DeploymentError):
    """ECS gave up on the deployment and did not go back."""

    code = "failed"
    detail: types.FailedDetail


class RolledBackError(DeploymentError):
    """ECS gave up on the deployment and went, or is going, back to an earlier one."""

    code = "rolled_back"
    detail: types.RolledBackDetail


class SupersededError(DeploymentError):
    """Another deployment took the place of this one before it was complete."""

    code = "superseded"
    detail: types.SupersededDetail


class StoppedError(DeploymentError):
    """Somebody stopped the deployment."""

    code = "stopped"
    detail: types.StoppedDetail


class TimedOutError(DeploymentError):
    """The deployment did not reach its end in the time given; ECS goes on with it."""

    code = "timed_out"
    detail: types.TimedOutDetail


class CancelledError(DeploymentError):
    """The watching was cancelled; a deployment that has begun goes on, all else stops."""

    code = "cancelled"
    detail: types.CancelledDetail


class TaskFailedError(DeploymentError):
    """A one-off task did not start, or ended with an exit code other than 0; before a deployment, nothing of that is written."""

    code = "task_failed"
    detail: types.TaskFailedDetail


class PushFailedError(Error):
    """The registry did not take the image."""

    code = "push_failed"
    detail: types.PushFailedDetail


BY_CODE: dict[str, type[Error]] = {
    "invalid": InvalidError,
    "container_missing": ContainerMissingError,
    "image_missing": ImageMissingError,
    "platform_mismatch": PlatformMismatchError,
    "definition_missing": DefinitionMissingError,
    "service_missing": ServiceMissingError,
    "service_inactive": ServiceInactiveError,
    "cluster_missing": ClusterMissingError,
    "unsupported": UnsupportedError,
    "denied": DeniedError,
    "credentials": CredentialsError,
    "throttled": ThrottledError,
    "network": NetworkError,
    "aws": AwsError,
    "failed": FailedError,
    "rolled_back": RolledBackError,
    "superseded": SupersededError,
    "stopped": StoppedError,
    "timed_out": TimedOutError,
    "cancelled": CancelledError,
    "task_failed": TaskFailedError,
    "push_failed": PushFailedError,
}

__all__ = [
    "Error",
    "DeploymentError",
    "InvalidError",
    "ContainerMissingError",
    "ImageMissingError",
    "PlatformMismatchError",
    "DefinitionMissingError",
    "ServiceMissingError",
    "ServiceInactiveError",
    "ClusterMissingError",
    "UnsupportedError",
    "DeniedError",
    "CredentialsError",
    "ThrottledError",
    "NetworkError",
    "AwsError",
    "FailedError",
    "RolledBackError",
    "SupersededError",
    "StoppedError",
    "TimedOutError",
    "CancelledError",
    "TaskFailedError",
    "PushFailedError",
]
