"""The wheel as it is published: what it says of itself, and that it installs into an empty environment without a compiler or an index."""

from __future__ import annotations

import shutil
import subprocess
import sys
from email import message_from_bytes
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent.parent
WHEELS = sorted((ROOT / "target" / "wheels").glob("ecs_rollout-*.whl"))


@pytest.mark.skipif(not WHEELS, reason="tests/run builds the wheel")
def test_the_wheel_says_what_it_is_and_has_its_licences() -> None:
    with ZipFile(WHEELS[-1]) as wheel:
        names = wheel.namelist()
        metadata = message_from_bytes(wheel.read(next(name for name in names if name.endswith(".dist-info/METADATA"))))
    assert {url.split(",")[0] for url in metadata.get_all("Project-URL", [])} >= {"Homepage", "Documentation", "Changelog", "Issues"}
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    for paper in ("LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY.md"):
        assert any(name.endswith(f"licenses/{paper}") for name in names), names
    text = str(metadata.get_payload())
    assert "# ecs-rollout" in text and "](docs/" not in text, "README's links must work on PyPI"


def test_types_are_installed() -> None:
    files = [str(file) for file in distribution("ecs-rollout").files or []]
    assert any(file.endswith("ecs_rollout/py.typed") for file in files)


@pytest.mark.skipif(not WHEELS or sys.platform == "win32", reason="tests/run builds the wheel")
def test_it_installs_into_an_empty_environment(tmp_path: Path) -> None:
    for file in (WHEELS[-1], ROOT / "tests/samples/install.sh", ROOT / "tests/samples/installed.py"):
        shutil.copy(file, tmp_path)
    done = subprocess.run(["sh", str(tmp_path / "install.sh"), "python"], capture_output=True, text=True, timeout=300)
    assert done.stdout == "installed: it deploys, and reports a rollback\n", done.stderr
