"""Deploys a new image to a service of Amazon ECS and shows what happens.

Without AWS settings it starts the simulator and deploys there; with --endpoint, or with AWS settings in the environment,
the same program deploys for real. --broken shows what an image that does not start looks like.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import ecs_rollout
from ecs_rollout import Client, Rollout, TaskDefinition
from ecs_rollout.testing import Simulator
from tqdm import tqdm

SYSTEM = Path(__file__).parent / "nestjs-redis"
SETTINGS = ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", help="the URL to call instead of AWS's own")
    parser.add_argument("--cluster", default="production")
    parser.add_argument("--service", default="nestjs")
    parser.add_argument("--tag", default="1.1.0", help="the tag of the image to deploy")
    parser.add_argument("--broken", action="store_true", help="deploy the tag `broken`")
    options = parser.parse_args()

    definition = TaskDefinition.load(SYSTEM / "taskdef.json")
    if options.endpoint or any(name in os.environ for name in SETTINGS):
        client = Client(endpoint=options.endpoint)
    else:
        world = json.loads((SYSTEM / "world.json").read_text())
        if not sys.stderr.isatty():
            world["speed"] = 0  # nobody watches: let simulated time take no time
        simulator = Simulator({**world, "definitions": [definition]})
        client = simulator.client()

    tag = "broken" if options.broken else options.tag
    rollout = client.deploy(
        cluster=options.cluster, service=options.service, definition=definition, images={"nestjs": f":{tag}"}
    )
    try:
        show(rollout)
        outcome = rollout.outcome()
    except ecs_rollout.Error as error:
        print(f"{error.code}: {error}", file=sys.stderr)
        for cause in error.detail.get("causes", []):
            print(f"  {len(cause['tasks'])} tasks: {cause['summary']}", file=sys.stderr)
            print(f"    {cause.get('advice', '')}", file=sys.stderr)
        if "restored" in error.detail:
            print(f"  running again: {error.detail['restored']}", file=sys.stderr)
        return 1
    print(f"live: {outcome['definition']} ({outcome['seconds']:.0f} s, {outcome['calls']} calls)")
    return 0


def show(rollout: Rollout) -> None:
    """A progress bar on a terminal, plain lines elsewhere."""
    with tqdm(total=100, bar_format="{desc} {bar} {n:.0f}%", disable=not sys.stderr.isatty()) as bar:
        for event in rollout:
            if event["type"] == "progress":
                numbers = f"{event['running']}/{event['desired']} run, {event['previous']} to go"
                bar.set_description_str(numbers, refresh=False)
                bar.update(event["percent"] - bar.n)
                line = f"{event['percent']:3}%  {numbers}" if bar.disable else ""
            elif event["type"] == "message":
                line = event["text"]
            elif event["type"] == "stopped":
                line = f"stopped: {event['kind']}: {event.get('reason')}"
            elif event["type"] == "succeeded" or event["type"] == "failed":
                line = ""  # what came of it is said at the end
            else:
                line = " ".join(str(value) for value in event.values())
            if line:
                tqdm.write(line)


if __name__ == "__main__":
    sys.exit(main())
