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
    """The request is wrong; nothing has been written to AWS."""

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


class ImageArchivedError(Error):
    """ECR has moved the image to its archive, or is restoring it from there: it cannot be pulled."""

    code = "image_archived"
    detail: types.ImageArchivedDetail


class ImageRefusedError(Error):
    """The image lacks what `require` asks for, such as a signature."""

    code = "image_refused"
    detail: types.ImageRefusedDetail


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
    """The service is not ACTIVE: it is being deleted, or is deleted."""

    code = "service_inactive"
    detail: types.ServiceInactiveDetail


class ClusterMissingError(Error):
    """The account and region of the client have no such cluster."""

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
    """AWS throttled the calls until the end."""

    code = "throttled"
    detail: types.ThrottledDetail


class NetworkError(Error):
    """The endpoint could not be reached, or broke off."""

    code = "network"
    detail: types.NetworkDetail


class AwsError(Error):
    """Any other error of AWS, with its code and text."""

    code = "aws"
    detail: types.AwsDetail


class FailedError(DeploymentError):
    """ECS marked the deployment as failed and did not roll back."""

    code = "failed"
    detail: types.FailedDetail


class RolledBackError(DeploymentError):
    """ECS rolled the deployment back to an earlier one, or is doing so."""

    code = "rolled_back"
    detail: types.RolledBackDetail


class SupersededError(DeploymentError):
    """Another deployment replaced this one before it was complete."""

    code = "superseded"
    detail: types.SupersededDetail


class StoppedError(DeploymentError):
    """The deployment was stopped by another caller."""

    code = "stopped"
    detail: types.StoppedDetail


class TimedOutError(DeploymentError):
    """The deployment did not end within `timeout`; ECS goes on with it."""

    code = "timed_out"
    detail: types.TimedOutDetail


class CancelledError(DeploymentError):
    """The caller cancelled the wait. A deployment that has begun goes on; a push or a build stops."""

    code = "cancelled"
    detail: types.CancelledDetail


class TaskFailedError(DeploymentError):
    """A one-off task did not start, or its exit code was not 0. If it was to run before a deployment, nothing is deployed."""

    code = "task_failed"
    detail: types.TaskFailedDetail


class PushFailedError(Error):
    """The registry did not accept the image."""

    code = "push_failed"
    detail: types.PushFailedDetail


BY_CODE: dict[str, type[Error]] = {
    "invalid": InvalidError,
    "container_missing": ContainerMissingError,
    "image_missing": ImageMissingError,
    "image_archived": ImageArchivedError,
    "image_refused": ImageRefusedError,
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
    "ImageArchivedError",
    "ImageRefusedError",
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
