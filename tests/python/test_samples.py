"""The samples of README and guide that are Python, as programs: see tests/samples/README.md."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ecs_rollout.testing import Simulator

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
WORLDS: dict[str, dict[str, Any]] = json.loads((ROOT / "tests/samples/worlds.json").read_text())
BLOCK = re.compile(r"(?:^ *<!-- (?P<note>[^\n]*?) -->\n)?(?P<indent>^ *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```", re.M | re.S)


@dataclass
class Sample:
    """A block of a page, and what is expected of it."""

    place: str
    text: str
    world: str = "prod"
    ends: str | None = None
    output: list[str] = field(default_factory=list)


def samples(language: str) -> list[Sample]:
    found: list[Sample] = []
    for page in PAGES:
        text = page.read_text()
        last: Sample | None = None
        for block in BLOCK.finditer(text):
            note = block["note"] or ""
            body = textwrap.dedent(block["text"])
            if note == "output":
                if last is not None:
                    last.output = body.splitlines()
                continue
            last = None
            if block["language"] == language and not note.startswith("not run: "):
                place = f"{page.relative_to(ROOT)}:{text.count(chr(10), 0, block.start('language')) + 1}"
                parts = note.removeprefix("sample: ").split(", ") if note.startswith("sample: ") else []
                options = dict(part.split("=", 1) for part in parts)
                last = Sample(place, body, options.get("world", "prod"), options.get("ends"))
                found.append(last)
    return found


def world(name: str) -> dict[str, Any]:
    described = dict(WORLDS[name])
    like = described.pop("like", None)
    return {**world(like), **described} if like else described


def run(sample: Sample, folder: Path) -> subprocess.CompletedProcess[str]:
    shutil.copytree(ROOT / "tests/samples/files", folder)
    (folder / "sample.py").write_text(sample.text)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with Simulator(world(sample.world)) as simulator:
        settings = {"AWS_ENDPOINT_URL": simulator.endpoint, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "eu-central-1"}
        return subprocess.run(
            [sys.executable, "sample.py"], cwd=folder, env=clean | settings, capture_output=True, text=True, timeout=120
        )


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[subprocess.CompletedProcess[str]]]]:
    """All samples, some at a time: they spend their time waiting."""
    folder = tmp_path_factory.mktemp("samples")
    with ThreadPoolExecutor(6) as pool:
        yield {sample.place: pool.submit(run, sample, folder / str(at)) for at, sample in enumerate(samples("python"))}


@pytest.mark.parametrize("sample", samples("python"), ids=lambda sample: sample.place)
def test_it_runs_as_it_stands(sample: Sample, runs: dict[str, Future[subprocess.CompletedProcess[str]]]) -> None:
    done = runs[sample.place].result()
    assert (done.returncode == 0) == (sample.ends is None), done.stdout + done.stderr
    assert (sample.ends or "") in done.stderr, done.stderr
    printed = "\n".join(done.stdout.splitlines() + done.stderr.splitlines())
    for line in sample.output:
        pattern = ".*".join(re.escape(part) for part in line.split("…"))
        match = re.search(f"^{pattern}$", printed, re.M)
        assert match, f"{line!r} is not in what was printed:\n{printed}"
        printed = printed[match.end() :]


def test_samples_are_found() -> None:
    assert len(samples("python")) >= 10
