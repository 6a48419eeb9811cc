"""Worlds that several tests begin with."""

from __future__ import annotations

from typing import Any


def world(**more: Any) -> dict[str, Any]:
    return {
        "speed": 0,
        "clusters": ["prod"],
        "definitions": [
            {"family": "api", "containerDefinitions": [{"name": "api", "image": "registry.example/api:1", "memory": 64}]}
        ],
        "services": [{"serviceName": "api", "cluster": "prod", "taskDefinition": "api:1", "desiredCount": 2}],
        **more,
    }

# Credentials for a server that checks none.
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "hunter2"}
