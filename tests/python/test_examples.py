"""The example as a user runs it: on the simulator, and against an endpoint."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from ecs_rollout import TaskDefinition
from ecs_rollout.testing import Simulator

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [sys.executable, str(EXAMPLES / "deploy.py"), *options]
    return subprocess.run(command, env=clean | environment, capture_output=True, text=True, timeout=60)


def test_it_deploys_on_the_simulator() -> None:
    done = run()
    assert done.returncode == 0, done.stderr
    assert "100%  2/2 run, 0 to go" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("live: arn:aws:ecs:eu-central-1:123456789012:task-definition/nestjs-redis:2")


def test_a_broken_image_ends_with_the_reason() -> None:
    done = run("--broken")
    assert done.returncode == 1
    assert "rolled_back: " in done.stderr and 'container "nestjs" exited with code 1' in done.stderr
    assert "running again: " in done.stderr and "live" not in done.stdout


def test_it_deploys_to_an_endpoint() -> None:
    world = json.loads((EXAMPLES / "nestjs-redis" / "world.json").read_text())
    definition = TaskDefinition.load(EXAMPLES / "nestjs-redis" / "taskdef.json")
    with Simulator({**world, "speed": 60, "definitions": [definition]}) as simulator:
        done = run("--endpoint", simulator.endpoint, AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
        assert done.returncode == 0, done.stderr
        assert simulator.deployments()[-1]["state"] == "completed"
