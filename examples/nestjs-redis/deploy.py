"""Brings the whole system to what this folder says: image, migration, service, scaling, schedule.

What is there already stays as it is: run twice, the second time writes nothing.

    python deploy.py --role ARN --build 1.2.0    builds app/, pushes it, and deploys it
    python deploy.py --image :1.2.0              deploys an image that is there
    python deploy.py --plan                      writes nothing, and says what would be written

Without AWS settings all of it happens on the simulator.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any, TypeVar

import ecs_rollout
from ecs_rollout import Client, Rollout, TaskDefinition
from ecs_rollout.testing import Simulator
from ecs_rollout.types import Event, OneOffTask

REGION = "eu-central-1"
REPOSITORY = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/nestjs"
VARIABLES = ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE")
HERE = Path(__file__).parent
Ended = TypeVar("Ended")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", metavar="TAG", help="build app/ and push it under this tag")
    parser.add_argument("--image", default=":1.1.0", help="the image to deploy, where none is built")
    parser.add_argument("--plan", action="store_true", help="write nothing")
    parser.add_argument("--role", help="the ARN of the role to assume")
    parser.add_argument("--endpoint", help="the URL to call instead of AWS's own")
    options = parser.parse_args()
    try:
        deploy(connect(options), options)
    except ecs_rollout.Error as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        for cause in error.detail.get("causes", []):
            print(f"  {cause['summary']}\n    {cause.get('advice', '')}", file=sys.stderr)
        return 1
    return 0


def connect(options: argparse.Namespace) -> Client:
    if options.role or options.endpoint or any(name in os.environ for name in VARIABLES):
        return Client(region=REGION, role=options.role, endpoint=options.endpoint)
    print("on the simulator, for there are no AWS settings:")
    world = read("world.json") | {"speed": 0, "definitions": [], "services": []}
    migration = {"exit": {"code": 0, "after": 5}, "log": ["the schema is 2 now, and was 0"]}
    world["images"]["*/nestjs:*"]["commands"] = {"node dist/migrate.js": migration}
    return Simulator(world).client()


def push(client: Client, options: argparse.Namespace) -> str:
    if options.build is None:
        return str(options.image)
    if options.plan:
        return f":{options.build}"
    built = show(
        client.build(
            context=str(HERE / "app"),
            platforms=["linux/amd64"],
            image=f"{REPOSITORY}:{options.build}",
            create=True,
            scan={"fail": "critical"},
        )
    )
    return built["pushed"]["image"]


def deploy(client: Client, options: argparse.Namespace) -> None:
    plan = bool(options.plan)
    settings = read("service.json")
    migration: OneOffTask = {"container": "nestjs", "command": ["node", "dist/migrate.js"]}
    provided = show(
        client.service(
            settings=settings,
            definition=TaskDefinition.load(HERE / "taskdef.json"),
            images={"nestjs": push(client, options)},
            before=[migration],
            verify=not (plan and options.build),  # an image that is yet to be built cannot be looked at
            plan=plan,
        )
    )
    say("service", provided)

    if plan and provided["created"]:
        print("scaling: follows once the service is there")
    else:
        service, cluster = settings["serviceName"], settings["cluster"]
        say("scaling", client.scale(service=service, cluster=cluster, min=2, max=10, cpu=60, requests=1000, plan=plan))

    report = client.schedule(**read("schedule.json"), plan=plan)
    say("schedule", report)
    print(f"  next: {', '.join(report['next'][:3])}")


def read(name: str) -> Any:
    return json.loads((HERE / name).read_text())


def show(rollout: Rollout[Event, Ended]) -> Ended:
    """Tells of it as it goes, and gives what came of it."""
    for event in rollout:
        if text := line(event):
            print(f"  {text}")
    return rollout.outcome()


def line(event: Event) -> str | None:
    if event["type"] == "progress":
        return f"{event['running']} of {event['desired']} run, {event['previous']} to go"
    if event["type"] == "message" or event["type"] == "building" or event["type"] == "log":
        return event["text"]
    if event["type"] in ("pushing", "succeeded", "failed"):
        return None  # what came of it is said at the end
    return " ".join(str(value) for value in event.values() if not isinstance(value, dict | list))


def say(what: str, end: Any) -> None:
    """What a verb has come to, in lines."""
    calls = ", ".join(call["operation"] for call in end["planned"])
    planned = f"would call {calls}" if calls else "changed"
    print(f"{what}: {planned if end['changed'] else 'as it is to be'}")
    for finding in end["findings"]:
        print(f"  {finding['path']}: {finding['text']}")


if __name__ == "__main__":
    sys.exit(main())
