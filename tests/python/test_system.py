"""The whole system of the example as a user deploys it, on the simulator."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parent.parent.parent / "examples" / "nestjs-redis" / "deploy.py"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run([sys.executable, str(PROGRAM), *options], env=clean, capture_output=True, text=True, timeout=60)


def test_the_system_is_deployed() -> None:
    done = run()
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "  the schema is 2 now, and was 0" in lines
    assert [line for line in lines if not line.startswith(" ")][1:] == ["service: changed", "scaling: changed", "schedule: changed"]


def test_a_plan_says_what_would_be_written_in_order() -> None:
    done = run("--plan", "--build", "1.2.0")
    assert done.returncode == 0, done.stderr
    assert "service: would call RegisterTaskDefinition, RunTask, CreateService" in done.stdout
    assert "scaling: follows once the service is there" in done.stdout
    assert re.search("^schedule: would call CreateSchedule$", done.stdout, re.MULTILINE)
