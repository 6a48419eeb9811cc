"""The program `ecs-rollout` as the wheel installs it: the main job, its exit code, and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

WORLD = str(Path(__file__).parent.parent.parent / "examples" / "nestjs-redis" / "world.json")
LINE = ["deploy", "nestjs", "--cluster", "production", "--simulate"]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ECS_ROLLOUT_"))}


def world(path: Path, **more: object) -> str:
    document = json.loads(Path(WORLD).read_text())
    definition = json.loads((Path(WORLD).parent / "taskdef.json").read_text())
    path.write_text(json.dumps({**document, "speed": 0, "definitions": [definition], **more}))
    return str(path)


@pytest.mark.parametrize("program", [[str(Path(sys.executable).parent / "ecs-rollout")], [sys.executable, "-m", "ecs_rollout"]])
def test_it_deploys_on_the_simulator(tmp_path: Path, program: list[str]) -> None:
    line = [*program, *LINE, world(tmp_path / "world.json"), "--output", "json"]
    done = subprocess.run([*line, "--image", "nestjs=:1.1.0"], env=CLEAN, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["type"] == "succeeded" and last["definition"].endswith("/nestjs-redis:2")
    broken = subprocess.run([*line, "--image", "nestjs=:broken"], env=CLEAN, capture_output=True, text=True, timeout=60)
    assert broken.returncode == 11
    assert 'error: nestjs was rolled back: container "nestjs" exited with code 1' in broken.stderr


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_and_python_adds_nothing(tmp_path: Path, kind: signal.Signals) -> None:
    slow = world(tmp_path / "world.json", speed=20, images={"*": {"start": 100_000}})
    line = [sys.executable, "-m", "ecs_rollout", *LINE, slow, "--image", "nestjs=:1.1.0"]
    with subprocess.Popen(line, env=CLEAN, stderr=subprocess.PIPE, text=True) as left:
        assert left.stderr
        assert any("2 starting" in text for text in left.stderr)
        left.send_signal(kind)
        rest = left.stderr.read()
        assert left.wait(timeout=60) == 15, rest
    assert "`ecs-rollout watch nestjs --cluster production` joins it" in rest
    assert "Traceback" not in rest and "KeyboardInterrupt" not in rest
