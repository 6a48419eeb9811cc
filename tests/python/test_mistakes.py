"""Mistakes that people make, each answered with its place, its cause and the remedy: tests/mistakes.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import scenario
from ecs_rollout.testing import Simulator

WHOLE = json.loads((Path(__file__).parent.parent / "mistakes.json").read_text())


def told(mistake: Any) -> str:
    """The error's text or, if a warning is expected, the texts of the warnings of that code."""
    with Simulator(WHOLE["world"]) as simulator:
        end, events = scenario.follow(simulator.client(), mistake, mistake["request"])
    if "warning" not in mistake:
        return str(end.get("message", "it was taken"))
    return "\n".join(event["text"] for event in events if event["type"] == "warning" and event["code"] == mistake["warning"])


@pytest.mark.parametrize("mistake", WHOLE["mistakes"], ids=lambda mistake: mistake["about"])
def test_mistake(mistake: Any) -> None:
    text = told(mistake)
    for fragment in mistake["says"]:
        assert fragment in text
    assert "hunter2" not in text
