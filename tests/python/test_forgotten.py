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
import asyncio, atexit, signal, sys, threading, ecs_rollout
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

# A wait that is interrupted; the rollout takes far longer.
ALARM = """
def alarm(handler):
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
def fails(*_): raise TimeoutError
rollout = start()
"""
INTERRUPTED = {
    "outcome, by sys.exit(0)": "alarm(lambda *_: sys.exit(0))\nrollout.outcome()",
    "events, by sys.exit(0)": "alarm(lambda *_: sys.exit(0))\nfor event in rollout: pass",
    "outcome, by an error that is caught": "alarm(fails)\ntry: rollout.outcome()\nexcept TimeoutError: pass",
    "events, by an error that is caught": "alarm(fails)\ntry: list(rollout)\nexcept TimeoutError: pass",
    "await, by an error that is caught": "async def main(): await asyncio.wait_for(rollout, 0.2)\ntry: asyncio.run(main())\nexcept TimeoutError: pass",
    "outcome, by Ctrl-C that is caught": "alarm(signal.default_int_handler)\ntry: rollout.outcome()\nexcept KeyboardInterrupt: pass",
}
INTERRUPTED_THEN_SEEN = {
    "cancelled": "alarm(fails)\ntry: rollout.outcome()\nexcept TimeoutError: rollout.cancel()",
    "asked again": "alarm(fails)\ntry: rollout.outcome()\nexcept TimeoutError:\n  try: rollout.outcome()\n  except ecs_rollout.CancelledError: pass",
}

# Nothing that a program does about warnings, errors and standard error takes the status away.
WHATEVER = {
    "closed standard error": "sys.stderr.close(); kept = start()",
    "another closed standard error": "import io\nsys.stderr = io.StringIO(); sys.stderr.close(); kept = start()",
    "no standard error": "sys.stderr = None; kept = start()",
    "a way of its own to show warnings, which fails": "import warnings\ndef shows(*_, **__): raise ValueError\nwarnings.showwarning = shows; kept = start()",
    "an error of a console, which was shown": "import code\ncode.InteractiveConsole().push('1/0'); kept = start()",
    "an error that was kept": "sys.last_value = ValueError(); kept = start()",
    "an error that nobody caught": "kept = start()\n1 / 0",
    "another status": "kept = start()\nsys.exit(3)",
}

# The rollout fails, and its error is raised where Python says that nobody catches it.
UNCAUGHT = {
    "a thread": "thread = threading.Thread(target=lambda: start().outcome()); thread.start(); thread.join()",
    "a thread that reads": "threading.Thread(target=lambda: list(start())).start()",
    "the interpreter's end": "atexit.register(lambda: start().outcome())",
    "a task that is dropped": "async def main():\n  task = asyncio.ensure_future(start())\n  while not task.done(): await asyncio.sleep(0.01)\n"
    "asyncio.run(main())",
    "a task that is kept": "async def main():\n  global task; task = asyncio.ensure_future(start())\n  while not task.done(): await asyncio.sleep(0.01)\n"
    "asyncio.run(main())",
    "a task of a coroutine": "async def go(): await start()\nasync def main():\n  task = asyncio.create_task(go())\n"
    "  while not task.done(): await asyncio.sleep(0.01)\nasyncio.run(main())",
    "gather": "async def main():\n  all = asyncio.gather(start())\n  while not all.done(): await asyncio.sleep(0.01)\nasyncio.run(main())",
    "a group in a task": "async def one(): await start()\nasync def go():\n  async with asyncio.TaskGroup() as group: group.create_task(one())\n"
    "async def main():\n  task = asyncio.create_task(go())\n  while not task.done(): await asyncio.sleep(0.01)\nasyncio.run(main())",
    "a thread of asyncio": "async def main():\n  task = asyncio.create_task(asyncio.to_thread(lambda: start().outcome()))\n"
    "  while not task.done(): await asyncio.sleep(0.01)\nasyncio.run(main())",
    "a value of asyncio": "async def main():\n  task = asyncio.create_task(client.aio.register(service='none', cluster='prod'))\n"
    "  while not task.done(): await asyncio.sleep(0.01)\nasyncio.run(main())",
}

# It is the program's own: caught, or put where only the program can know whether it looked.
CAUGHT = {
    "caught": "try: start().outcome()\nexcept ecs_rollout.Error: pass",
    "caught in a thread": "def work():\n  try: start().outcome()\n  except ecs_rollout.Error: pass\nthreading.Thread(target=work).start()",
    "caught in a task": "async def go():\n  try: await start()\n  except ecs_rollout.Error: pass\nasync def main():\n  global task; task = asyncio.create_task(go())\n"
    "  while not task.done(): await asyncio.sleep(0.01)\nasyncio.run(main())",
    "caught from a group": "async def go(): await start()\nasync def main():\n  try:\n    async with asyncio.TaskGroup() as group: group.create_task(go())\n"
    "  except* ecs_rollout.Error: pass\nasyncio.run(main())",
    "asked for": "async def main():\n  task = asyncio.ensure_future(start())\n  await asyncio.wait([task])\n  assert task.exception()\nasyncio.run(main())",
    "gathered as a value": "async def main(): await asyncio.gather(start(), return_exceptions=True)\nasyncio.run(main())",
    "kept by a future of a pool": "import concurrent.futures as futures\nwith futures.ThreadPoolExecutor() as pool: pool.submit(lambda: start().outcome())",
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


@pytest.mark.parametrize("script", INTERRUPTED.values(), ids=INTERRUPTED.keys())
def test_a_wait_that_is_interrupted_has_not_seen_the_end(script: str) -> None:
    with Simulator(world(speed=1)) as simulator:
        done = run(simulator, ALARM + script)
    assert done.returncode == 120 and "RuntimeWarning: nobody has seen how deploy(service='api') ends: " in done.stderr, done.stderr


@pytest.mark.parametrize("script", INTERRUPTED_THEN_SEEN.values(), ids=INTERRUPTED_THEN_SEEN.keys())
def test_who_looks_after_an_interrupted_wait_has_seen_the_end(script: str) -> None:
    with Simulator(world(speed=1)) as simulator:
        done = run(simulator, ALARM + script)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("script", WHATEVER.values(), ids=WHATEVER.keys())
def test_the_status_is_120_whatever_the_program_does(script: str) -> None:
    with Simulator(world(speed=60)) as simulator:
        done = run(simulator, script)
    assert done.returncode == 120, done.stderr


def failing() -> Simulator:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    services = [{"serviceName": "api", "cluster": "prod", "taskDefinition": "api:1", "desiredCount": 1, "deploymentConfiguration": breaker}]
    return Simulator(world(speed=600, services=services, images={"*:2": {"missing": True}}))


@pytest.mark.parametrize("script", BAD_ENDS.values(), ids=BAD_ENDS.keys())
def test_a_bad_end_is_raised_however_it_is_looked_at(script: str) -> None:
    with failing() as simulator:
        done = run(simulator, script)
    assert done.returncode == 1
    assert "RolledBackError: " in done.stderr and "RuntimeWarning" not in done.stderr


@pytest.mark.parametrize("script", UNCAUGHT.values(), ids=UNCAUGHT.keys())
def test_an_error_that_nobody_catches_is_a_forgotten_rollout(script: str) -> None:
    with failing() as simulator:
        done = run(simulator, script)
    assert done.returncode == 120
    assert done.stderr.count("RuntimeWarning: nobody has seen how ") == 1, done.stderr
    assert "(last known: rolled_back: " in done.stderr or "(last known: service_missing: " in done.stderr, done.stderr


@pytest.mark.parametrize("script", CAUGHT.values(), ids=CAUGHT.keys())
def test_an_error_that_is_caught_is_the_programs_own(script: str) -> None:
    with failing() as simulator:
        done = run(simulator, script)
    assert (done.returncode, done.stderr) == (0, "")


def test_one_whose_end_a_thread_did_not_catch_but_another_did_is_seen() -> None:
    script = "rollout = start()\nthread = threading.Thread(target=rollout.outcome); thread.start(); thread.join()\ntry: rollout.outcome()\nexcept ecs_rollout.Error: pass"
    with failing() as simulator:
        done = run(simulator, script)
    assert done.returncode == 0 and "RuntimeWarning" not in done.stderr, done.stderr


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


def test_a_script_that_fails_by_itself_says_both() -> None:
    with Simulator(world(speed=60)) as simulator:
        done = run(simulator, "kept = start()\n1 / 0")
    assert "ZeroDivisionError" in done.stderr and "RuntimeWarning: nobody has seen how " in done.stderr


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


SCRIPTS_TEST = """
from ecs_rollout.testing import Simulator

with Simulator({"speed": 0, "clusters": ["prod"],
                "definitions": [{"family": "api", "containerDefinitions": [{"name": "api", "image": "api:1", "memory": 64}]}],
                "services": [{"serviceName": "api", "cluster": "prod", "taskDefinition": "api", "desiredCount": 2}],
                "images": {"api:2": {"missing": True}}}) as simulator:
    simulator.client().deploy(service="api", cluster="prod", images={"api": ":2"}, timeout=120).outcome()
"""


def test_the_test_of_a_deploy_script_fails_where_its_image_is_missing() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPTS_TEST], capture_output=True, text=True, timeout=60)
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

POOLS = """
import multiprocessing, multiprocessing.pool
from concurrent.futures import ProcessPoolExecutor
def forgets(_): start()
context = multiprocessing.get_context("fork")
"""
IN_A_POOL = {
    "executor": "with ProcessPoolExecutor(1, mp_context=context) as pool: list(pool.map(forgets, [1]))",
    "pool": "with context.Pool(1) as pool: pool.map(forgets, [1])",
}


def test_a_forked_process_that_forgets_does_not_end_with_0() -> None:
    with Simulator(world(speed=60)) as simulator:
        done = run(simulator, FORK)
    assert (done.returncode, done.stdout) == (0, "[120, 120, 0, 1, 3]\n"), done.stderr
    assert done.stderr.count("RuntimeWarning: nobody has seen how ") == 4, done.stderr


def test_a_forked_process_has_not_forgotten_what_the_other_has() -> None:
    script = "import os\nstart()\nchild = os.fork()\nif child: print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    with Simulator(world(speed=60)) as simulator:
        done = run(simulator, script)
    assert (done.returncode, done.stdout) == (120, "0\n"), done.stderr


@pytest.mark.parametrize("script", IN_A_POOL.values(), ids=IN_A_POOL.keys())
def test_a_worker_of_a_pool_that_forgets_says_so_and_a_pool_passes_no_status_on(script: str) -> None:
    """Pools look at the status of no worker that has given its results, nor does the library reach into theirs."""
    with Simulator(world(speed=60)) as simulator:
        done = run(simulator, POOLS + script)
    assert done.stderr.count("RuntimeWarning: nobody has seen how ") == 1, done.stderr
    assert done.returncode == 0
