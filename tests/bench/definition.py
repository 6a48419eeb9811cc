"""What a task definition costs through Python, beside `json` and `jsonschema` with the schema of botocore's own model.

Takes an optimised build and jsonschema: tests/bench/import.sh builds one and says where; see CONTRIBUTING.md.
"""

from __future__ import annotations

import json
import sys
import timeit
from pathlib import Path
from typing import Any

import botocore.session
import ecs_rollout
import jsonschema

KINDS = {"string": "string", "integer": "integer", "long": "integer", "float": "number", "double": "number", "boolean": "boolean"}


def schema(shape: Any) -> dict[str, Any]:
    """The JSON Schema of a shape of botocore's model."""
    match shape.type_name:
        case "structure":
            members = {name: schema(member) for name, member in shape.members.items()}
            return {"type": "object", "properties": members, "required": shape.required_members}
        case "list":
            return {"type": "array", "items": schema(shape.member)}
        case "map":
            return {"type": "object", "additionalProperties": schema(shape.value)}
        case kind:
            return {"type": KINDS[kind]} | ({"enum": shape.enum} if getattr(shape, "enum", None) else {})


def document(kilobytes: int, containers: int) -> str:
    base = json.loads((Path(__file__).parents[2] / "examples/nestjs-redis/taskdef.json").read_text())
    container = base["containerDefinitions"][0]
    base["containerDefinitions"] = [container | {"name": f"c{at}", "environment": [], "dependsOn": [], "portMappings": []} for at in range(containers)]
    at = 0
    while len(json.dumps(base)) < kilobytes * 1024:
        base["containerDefinitions"][at % containers]["environment"].append({"name": f"VARIABLE_{at}", "value": f"value number {at}"})
        at += 1
    return json.dumps(base)


def microseconds(action: Any) -> float:
    runs, _ = timeit.Timer(action).autorange()
    return min(timeit.repeat(action, number=runs, repeat=5)) / runs * 1e6


def main() -> None:
    model = botocore.session.get_session().get_service_model("ecs")
    validator = jsonschema.Draft202012Validator(schema(model.operation_model("RegisterTaskDefinition").input_shape))
    changes: Any = {"images": {"c0": ":2"}, "containers": {"c0": {"environment": {"MODE": "live"}}}}

    def theirs(text: str) -> str:
        loaded = json.loads(text)
        assert next(validator.iter_errors(loaded), None) is None
        first = loaded["containerDefinitions"][0]
        first["image"] = first["image"].split(":")[0] + ":2"
        first["environment"].append({"name": "MODE", "value": "live"})
        return json.dumps(loaded)

    def ours(text: str) -> str:
        definition = ecs_rollout.TaskDefinition(text).render(**changes)
        assert not [finding for finding in definition.validate() if finding["level"] == "error"]
        return definition.to_json()

    for kilobytes, containers in [(2, 1), (10, 10), (64, 10)]:
        text = document(kilobytes, containers)
        mine, other = microseconds(lambda: ours(text)), microseconds(lambda: theirs(text))
        bare = microseconds(lambda: ecs_rollout.TaskDefinition(text).render(**changes).to_json())
        sys.stdout.write(
            f"Python {len(text) / 1024:5.1f} KB: load, render, write {bare:8.1f} µs; with validate {mine:8.1f} µs; "
            f"json + jsonschema {other:9.1f} µs ({other / mine:.1f} x)\n"
        )


main()
