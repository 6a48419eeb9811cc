"""Task definitions that others wrote: botocore's own examples for Amazon ECS, taken from the installed package, and those of
`tests/corpus`, in the shapes that people have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore
import pytest
from ecs_rollout import TaskDefinition
from ecs_rollout.testing import Simulator
from worlds import world

FILES = sorted((Path(__file__).parent.parent / "corpus").iterdir())
READ_ONLY = {
    "taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities",
    "registeredAt", "registeredBy", "deregisteredAt", "deleteRequestedAt",
}


def documents(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("containerDefinitions"):
            yield value
        for member in value.values():
            yield from documents(member)
    elif isinstance(value, list):
        for entry in value:
            yield from documents(entry)


def corpus() -> list[dict[str, Any]]:
    files = sorted((Path(botocore.__file__).parent / "data" / "ecs").glob("*/examples-1.json"))
    return [document for file in files for document in documents(json.loads(file.read_text()))]


def test_there_is_a_corpus() -> None:
    assert len(corpus()) >= 3
    assert len(FILES) >= 50


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_has_no_error_and_registers_once(file: Path) -> None:
    definition = TaskDefinition.load(file)
    assert [finding for finding in definition.validate() if finding["level"] == "error"] == []
    with Simulator({"speed": 0, "clusters": ["prod"]}) as simulator:
        client = simulator.client()
        first = client.register(definition=definition.to_dict(), verify=False)
        again = client.register(definition=definition.to_dict(), verify=False)
    assert (first["changed"], again["changed"]) == (True, False)
    assert again["definition"] == first["definition"]


@pytest.mark.parametrize("document", corpus(), ids=lambda document: document.get("family", "?"))
def test_an_example_loses_nothing_and_is_found_valid(document: dict[str, Any]) -> None:
    definition = TaskDefinition(document)
    registrable = {member: value for member, value in document.items() if member not in READ_ONLY}
    assert json.dumps(definition.to_dict()) == json.dumps(registrable)
    assert definition.render() == definition == TaskDefinition(definition.to_json())
    assert [finding for finding in definition.validate() if finding["level"] == "error"] == []
    assert definition.diff(TaskDefinition(registrable)) == []
    changed = definition.render(images={registrable["containerDefinitions"][0]["name"]: ":v2"})
    assert [change["path"] for change in definition.diff(changed)] == ["/containerDefinitions/0/image"]


@pytest.mark.parametrize("document", corpus(), ids=lambda document: document.get("family", "?"))
def test_an_example_comes_back_from_ecs_unchanged(document: dict[str, Any]) -> None:
    definition = TaskDefinition(document)
    with Simulator(world()) as simulator:
        ecs = boto3.client(
            "ecs", endpoint_url=simulator.endpoint, region_name="eu-central-1",
            aws_access_key_id="a", aws_secret_access_key="b",
        )
        arn = ecs.register_task_definition(**definition.to_dict())["taskDefinition"]["taskDefinitionArn"]
        described = ecs.describe_task_definition(taskDefinition=arn, include=["TAGS"])
        described.pop("ResponseMetadata")
    assert TaskDefinition(described).diff(definition) == []
