"""Runs a scenario of tests/scenarios through the Python module; the simulator compares what was seen with what is expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ecs_rollout
from ecs_rollout.testing import Simulator, difference

FILES = sorted((Path(__file__).parent.parent / "scenarios").glob("*.json"))


def run(file: Path) -> None:
    scenario = json.loads(file.read_text())
    if "file" in scenario["request"]:
        # It stands beside the scenarios.
        scenario["request"]["file"] = str(file.parent / scenario["request"]["file"])
    with Simulator(scenario["world"]) as simulator:
        simulator.advance(scenario.get("after", 0))
        client = simulator.client(**scenario.get("client", {}))
        if "first" in scenario:
            follow(client, scenario, scenario["first"])
        end, events = follow(client, scenario, scenario["request"])
        seen = {"verb": scenario.get("verb", "deploy"), "end": end, "events": events}
        if "again" in scenario["expect"]:
            seen["again"] = follow(client, scenario, scenario["request"])[0]
        simulator.advance(scenario.get("later", 0))
        assert simulator.check(scenario["expect"], seen) == []


def follow(client: ecs_rollout.Client, scenario: Any, request: Any) -> tuple[dict[str, Any], list[Any]]:
    """Calls the scenario's verb, and collects its end and its events. The first event like `cancel` cancels it."""
    events: list[Any] = []
    try:
        begun = getattr(client, scenario.get("verb", "deploy"))(**request)
        if not isinstance(begun, ecs_rollout.Rollout):
            return {"outcome": begun}, events
        for event in begun:
            if "cancel" in scenario and not difference(scenario["cancel"], event):
                begun.cancel()
            events.append(event)
        return {"outcome": begun.outcome()}, events
    except ecs_rollout.Error as error:
        assert type(error) is ecs_rollout.errors.BY_CODE[error.code]
        return {"error": error.code, "detail": error.detail, "message": str(error)}, events
