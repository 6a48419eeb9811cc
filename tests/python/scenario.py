"""Runs a scenario of tests/scenarios through the Python module; the rules of matching are those of tests/rust/lib.rs."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import ecs_rollout
from ecs_rollout.testing import Simulator

FILES = sorted((Path(__file__).parent.parent / "scenarios").glob("*.json"))


def run(file: Path) -> None:
    scenario = json.loads(file.read_text())
    expect, verb = scenario["expect"], scenario.get("verb", "deploy")
    with Simulator(scenario["world"]) as simulator:
        simulator.advance(scenario.get("after", 0))
        events: list[Any] = []
        client = simulator.client()
        if "first" in scenario:
            # What somebody has asked for before, to its end, whatever that was.
            with suppress(ecs_rollout.Error):
                follow(client, scenario, scenario["first"], [])
        try:
            end: dict[str, Any] = {"outcome": follow(client, scenario, scenario["request"], events)}
        except ecs_rollout.Error as error:
            assert type(error) is ecs_rollout.errors.BY_CODE[error.code]
            end = {"error": error.code, "detail": error.detail, "message": str(error)}
        if "again" in expect:
            again = follow(client, scenario, scenario["request"], [])
            assert matches(expect["again"], {"outcome": again}), (expect["again"], again)
        simulator.advance(scenario.get("later", 0))
        assert matches(expect["end"], end), (expect["end"], end)
        seen = iter(events)
        for expected in expect.get("events", []):
            assert any(matches(expected, event) for event in seen), (expected, events)
        for never in expect.get("never", []):
            assert not any(matches(never, event) for event in events), (never, events)
        calls = [call for call in simulator.calls() if call.get("by") != "script"]
        if "writes" in expect:
            written = [call for call in calls if not call["operation"].startswith(("Describe", "Get", "List", "BatchGet"))]
            assert matches(expect["writes"], written), (expect["writes"], written)
        if "invocations" in expect:
            assert matches(expect["invocations"], simulator.invocations()), simulator.invocations()
        assert len(calls) <= expect.get("calls", 10_000)
        check_time(simulator, events, verb, expect.get("late", 2.0))


def follow(client: ecs_rollout.Client, scenario: Any, request: Any, events: list[Any]) -> Any:
    """Asks for what the scenario's verb says, and takes in its events. It is cancelled with the first that matches `cancel`."""
    begun = getattr(client, scenario.get("verb", "deploy"))(**request)
    if not isinstance(begun, ecs_rollout.Rollout):
        return begun
    for event in begun:
        if "cancel" in scenario and matches(scenario["cancel"], event):
            begun.cancel()
        events.append(event)
    return begun.outcome()


def check_time(simulator: Simulator, events: list[Any], verb: str, late: float) -> None:
    for said in (event for event in events if event["type"] == "succeeded"):
        # Turned round, a deployment gives way to the one that goes back: that is what must be complete.
        truths = [one for one in simulator.truth() if verb == "rollback" or one["deployment"] == said["deployment"]]
        ours = truths[-1]
        assert ours["state"] == "completed", ours
        assert ours["finished"] < 0 or 0 <= simulator.now - ours["finished"] <= late, (ours, simulator.now)


def matches(expected: Any, seen: Any) -> bool:
    if isinstance(expected, dict) and isinstance(seen, dict):
        return all(matches(value, seen[name]) if name in seen else value is None for name, value in expected.items())
    if isinstance(expected, list) and isinstance(seen, list):
        return len(expected) == len(seen) and all(map(matches, expected, seen))
    if isinstance(expected, str) and isinstance(seen, str) and len(expected) > 1 and expected[0] == expected[-1] == "*":
        return expected.strip("*") in seen
    return bool(expected == seen)
