"""The ECS control plane in small, for tests of deploy scripts."""

from ._native import Simulator

__all__ = ["Simulator"]
