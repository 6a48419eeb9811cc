"""What a script ends with that does not look at its outcome, in a process of its own: never with status 0."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ecs_rollout.testing import Simulator
from worlds import world

HEAD = """
import asyncio, sys, threading, ecs_rollout
client = ecs_rollout.Client()
def start(image=":2", **more): return client.deploy(service="api", cluster="prod", images={"api": image}, **more)
"""

FORGOTTEN = {
    "thrown away": "start()",
    "kept and never asked": "kept = start()",
    "thrown away in a function": "def main(): start()\nmain()",
    "not waited for": "start(wait=False)",
    "by the module's function": "ecs_rollout.deploy(service='api', cluster='prod', images={'api': ':2'})",
    "loop left early": "for event in start(): break",
    "loop left early in asyncio": "async def main():\n  async for event in start(): break\nasyncio.run(main())",
    "never awaited": "async def main(): start()\nasyncio.run(main())",
    "await cancelled": "async def main():\n  task = asyncio.ensure_future(start())\n  await asyncio.sleep(0)\n  task.cancel()\nasyncio.run(main())",
    "many": "client.deploy_all(services=[{'service': 'api', 'cluster': 'prod'}])",
    "a task": "client.run(service='api', cluster='prod', command=['x'])",
    "a watch": "client.watch(service='api', cluster='prod')",
    "a value never awaited": "async def main(): client.aio.scale(service='api', cluster='prod', min=1, max=2)\nasyncio.run(main())",
    "a value of the module never awaited": "ecs_rollout.aio.register(service='api', cluster='prod', images={'api': ':2'})",
    "a task of asyncio that is left": "async def main():\n  task = asyncio.ensure_future(start())\n  await asyncio.sleep(0)\nasyncio.run(main())",
    "ended by sys.exit(0)": "kept = start()\nsys.exit(0)",
}

SEEN = {
    "outcome": "start().outcome()",
    "read to the end": "for event in start(): pass",
    "awaited": "async def main(): await start()\nasyncio.run(main())",
    "read to the end in asyncio": "async def main():\n  async for event in start(): pass\nasyncio.run(main())",
    "gathered": "async def main(): await asyncio.gather(start(), client.aio.plan(service='api', cluster='prod'))\nasyncio.run(main())",
    "a task of asyncio": "async def main(): await asyncio.create_task(client.aio.plan(service='api', cluster='prod'))\nasyncio.run(main())",
    "a task": "async def main(): await asyncio.ensure_future(start())\nasyncio.run(main())",
    "tasks of one rollout": "async def main():\n  rollout = start()\n  one, other = asyncio.ensure_future(rollout), asyncio.ensure_future(rollout)\n"
    "  assert await one == await other == await rollout\nasyncio.run(main())",
    "a group of tasks": "async def one(): return await start()\nasync def main():\n  async with asyncio.TaskGroup() as group: group.create_task(one())\n"
    "asyncio.run(main())",
    "a value awaited": "async def main(): await ecs_rollout.aio.register(service='api', cluster='prod', images={'api': ':2'})\nasyncio.run(main())",
    "cancelled on purpose": "start().cancel()",
    "left early, then asked": "rollout = start()\nfor event in rollout: break\nrollout.outcome()",
    "refused": "try: client.deploy(service='api', desired_count=1)\nexcept ecs_rollout.InvalidError: pass",
}

BAD_ENDS = {
    "outcome": "start().outcome()",
    "read to the end": "for event in start(): pass",
    "awaited": "async def main(): await start()\nasyncio.run(main())",
    "read to the end in asyncio": "async def main():\n  async for event in start(): pass\nasyncio.run(main())",
}


def run(simulator: Simulator, script: str, *flags: str) -> subprocess.CompletedProcess[str]:
    settings = {"AWS_ENDPOINT_URL": simulator.endpoint, "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHONWARNINGS"))}
    return subprocess.run([sys.executable, *flags, "-c", HEAD + script], env=clean | settings, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("script", FORGOTTEN.values(), ids=FORGOTTEN.keys())
def test_what_nobody_has_seen_is_told_and_the_status_is_not_0(script: str) -> None:
    with Simulator(world(speed=60)) as simulator:
        done = run(simulator, script)
    assert done.returncode != 0
    assert "RuntimeWarning: nobody has seen how " in done.stderr
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr, done.stderr


@pytest.mark.parametrize("script", SEEN.values(), ids=SEEN.keys())
def test_what_somebody_has_seen_ends_as_the_script_does(script: str) -> None:
    with Simulator(world(speed=60)) as simulator:
        done = run(simulator, script)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("script", BAD_ENDS.values(), ids=BAD_ENDS.keys())
def test_a_bad_end_is_raised_however_it_is_looked_at(script: str) -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    services = [{"serviceName": "api", "cluster": "prod", "taskDefinition": "api:1", "desiredCount": 1, "deploymentConfiguration": breaker}]
    with Simulator(world(speed=600, services=services, images={"*:2": {"missing": True}})) as simulator:
        done = run(simulator, script)
    assert done.returncode == 1
    assert "RolledBackError: " in done.stderr and "RuntimeWarning" not in done.stderr


def test_a_forgotten_deployment_is_named_with_its_place_and_what_became_of_it() -> None:
    with Simulator(world(speed=60)) as simulator:
        thrown = run(simulator, "start()\n")
        ended = run(simulator, "kept = start()\nwhile 'on its way' in repr(kept): pass\n")
    assert "<string>:4: RuntimeWarning: nobody has seen how deploy(service='api') ends: " in thrown.stderr
    assert "outcome()" in thrown.stderr and "(last known: on its way)" in thrown.stderr
    assert "(last known: success)" in ended.stderr


ENDS = {
    "read and awaited": "async def main():\n  rollout = start()\n  async for event in rollout: pass\n  await rollout\nasyncio.run(main())",
    "await cancelled": FORGOTTEN["await cancelled"],
    "tasks left": "async def main():\n  for _ in range(5): asyncio.ensure_future(client.aio.plan(service='api', cluster='prod'))\n"
    "  kept = asyncio.ensure_future(start())\n  await asyncio.sleep(0)\nasyncio.run(main())",
    "a loop that is stopped": "async def main(): await start()\nloop = asyncio.new_event_loop()\ntask = loop.create_task(main())\n"
    "loop.call_soon(loop.stop)\nloop.run_forever()",
    "a thread left": "threading.Thread(target=lambda: start().outcome(), daemon=True).start()",
}


def test_no_end_of_a_script_takes_the_interpreter_down() -> None:
    """A thread that enters an interpreter that is ending takes it down now and then: each end several times, some at once."""
    with Simulator(world(speed=600)) as simulator, ThreadPoolExecutor(4) as pool:
        for name, script in ENDS.items():
            for done in pool.map(lambda _, script=script: run(simulator, script), range(8)):
                assert done.returncode >= 0 and "panicked" not in done.stderr, (name, done.stderr)


def test_no_filter_of_warnings_makes_it_green() -> None:
    with Simulator(world(speed=60)) as simulator:
        assert run(simulator, "kept = start()", "-W", "ignore").returncode != 0
        assert run(simulator, "kept = start()", "-W", "error").returncode != 0


def test_a_script_that_fails_by_itself_fails_as_it_would() -> None:
    with Simulator(world(speed=60)) as simulator:
        done = run(simulator, "kept = start()\n1 / 0")
        assert run(simulator, "kept = start()\nsys.exit(3)").returncode != 0
    assert done.returncode == 1 and "ZeroDivisionError" in done.stderr


def test_a_write_on_its_way_at_the_end_is_not_cut_off() -> None:
    """The answer to UpdateService comes late: the script ends before, and its client is still there to take it."""
    script = (
        "from ecs_rollout.testing import Simulator\n"
        "simulator = Simulator({world})\n"
        "kept = simulator.client().deploy(service='api', cluster='prod', images={{'api': ':2'}})\n"
        "while all(call['operation'] != 'UpdateService' for call in simulator.calls()): pass\n"
    ).format(world=world(speed=60, faults=[{"operation": "UpdateService", "kind": "latency", "seconds": 60}]))
    with Simulator(world()) as simulator:
        done = run(simulator, script)
    assert done.returncode != 0
    # The deployment's id is in the answer alone.
    assert "the interpreter ended first; cancelled: deployment ecs-svc/" in done.stderr, done.stderr


def test_readmes_test_of_a_deploy_script_fails_where_its_image_is_missing() -> None:
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text()
    block = readme.split("## Testing your own deploy script")[1].split("```python\n")[1].split("```")[0]
    done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "FailedError: " in done.stderr and "image api:2" in done.stderr, done.stderr


@pytest.mark.parametrize("wrong", ["async def main(): asyncio.create_task(start())\nasyncio.run(main())", "asyncio.run(start())"])
def test_what_is_no_coroutine_is_told_with_the_way_to_a_task(wrong: str) -> None:
    with Simulator(world(speed=60)) as simulator:
        done = run(simulator, wrong)
    assert done.returncode != 0 and "asyncio.ensure_future makes a task of it" in done.stderr, done.stderr


FORK = """
import multiprocessing, os
def forgets(): start()
def keeps(): global kept; kept = start()
def sees(): start().outcome()
def raises(): kept = start(); raise ValueError
def leaves(): start(); sys.exit(3)
def status(work):
    process = multiprocessing.get_context("fork").Process(target=work)
    process.start(); process.join()
    return process.exitcode
print([status(work) for work in (forgets, keeps, sees, raises, leaves)])
"""


def test_a_forked_process_that_forgets_does_not_end_with_0() -> None:
    with Simulator(world(speed=60)) as simulator:
        done = run(simulator, FORK)
    assert (done.returncode, done.stdout) == (0, "[120, 120, 0, 1, 3]\n"), done.stderr
    assert done.stderr.count("RuntimeWarning: nobody has seen how ") == 4, done.stderr
