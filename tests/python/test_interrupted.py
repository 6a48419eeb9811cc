"""Calls that nobody waits for any more: no further write is begun, and one that is on its way is not cut off."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from ecs_rollout.testing import Simulator
from worlds import world

DOCUMENT = {"family": "new", "containerDefinitions": [{"name": "a", "image": "registry.example/a:1", "memory": 64}]}
SCALE = {"service": "api", "cluster": "prod", "min": 2, "max": 4, "cpu": 50}
SCHEDULE = {"name": "nightly", "group": "new", "create": True, "expression": "rate(1 day)", "role": "arn:aws:iam::123456789012:role/scheduler",
    "target": {"lambda": "arn:aws:lambda:eu-central-1:123456789012:function:call"}}
WRITES = ("Register", "Put", "Create", "Update", "Delete", "POST", "PUT")

# What is asked, and the call that is on its way when nobody waits any more.
READS = [
    ("register", {"definition": DOCUMENT}, "DescribeTaskDefinition"),
    ("plan", {"service": "api", "cluster": "prod", "definition": DOCUMENT}, "DescribeServices"),
    ("scale", SCALE, "DescribeScalableTargets"),
    ("schedule", SCHEDULE, "GET /schedules/nightly"),
    ("login", {"write": True}, "GetAuthorizationToken"),
]
BEGUN = [("scale", SCALE, "RegisterScalableTarget"), ("schedule", SCHEDULE, "POST /schedule-groups/new")]

SCRIPT = """
import asyncio, signal, sys
import ecs_rollout
signal.signal(signal.SIGINT, signal.default_int_handler)
client = ecs_rollout.Client(endpoint={endpoint!r}, region="eu-central-1")
try:
    if {is_async}:
        async def main():
            await client.aio.{verb}(**{options!r})
        asyncio.run(main())
    else:
        client.{verb}(**{options!r})
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


class Held(ThreadingHTTPServer):
    """A server before the simulator that lets one operation wait, until it is released."""

    daemon_threads = True

    def __init__(self, behind: str, operation: str) -> None:
        super().__init__(("127.0.0.1", 0), Forward)
        self.behind, self.operation = behind, operation
        self.here, self.release = threading.Event(), threading.Event()
        self.came: list[str] = []
        self.is_answered = False


class Forward(BaseHTTPRequestHandler):
    server: Held

    def log_message(self, *_: Any) -> None:
        pass

    def forward(self) -> None:
        target = self.headers.get("x-amz-target", "").rpartition(".")[2]
        operation = target or f"{self.command} {self.path.partition('?')[0]}"
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.came.append(operation)
        is_held = operation == self.server.operation
        if is_held:
            self.server.here.set()
            self.server.release.wait(60)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        request = urllib.request.Request(self.server.behind + self.path, body or None, headers, method=self.command)
        try:
            with urllib.request.urlopen(request) as answer:
                status, text, kind = answer.status, answer.read(), answer.headers.get("x-amzn-errortype")
        except urllib.error.HTTPError as error:
            status, text, kind = error.code, error.read(), error.headers.get("x-amzn-errortype")
        self.send_response(status)
        if kind:
            self.send_header("x-amzn-errortype", kind)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        self.server.is_answered |= is_held

    do_GET = do_POST = do_PUT = do_DELETE = forward


@contextlib.contextmanager
def interrupted(verb: str, options: dict[str, Any], operation: str, is_async: bool, folder: Any) -> Iterator[Held]:
    """One process that asks, and is interrupted while an operation is on its way; it has ended when this goes on."""
    with Simulator(world()) as simulator, Held(simulator.endpoint, operation) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        script = SCRIPT.format(endpoint=f"http://127.0.0.1:{server.server_port}", verb=verb, options=options, is_async=is_async)
        own = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "DOCKER_CONFIG": str(folder), "AWS_EC2_METADATA_DISABLED": "true"}
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **own}) as process:
            try:
                assert process.stdout is not None
                assert server.here.wait(30), (server.came, process.communicate(timeout=30))
                process.send_signal(signal.SIGINT)
                assert process.stdout.readline() == "interrupted\n"
                server.release.set()
                # At its end the interpreter waits for what still writes.
                process.communicate(timeout=30)
            finally:
                process.kill()
        yield server
        server.shutdown()


@pytest.mark.parametrize("is_async", [False, True], ids=["blocking", "asyncio"])
@pytest.mark.parametrize(("verb", "options", "operation"), READS, ids=[read[0] for read in READS])
def test_no_write_follows_an_interrupted_wait(verb: str, options: dict[str, Any], operation: str, is_async: bool, tmp_path: Any) -> None:
    with interrupted(verb, options, operation, is_async, tmp_path) as server:
        assert [call for call in server.came if call.startswith(WRITES)] == []
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("is_async", [False, True], ids=["blocking", "asyncio"])
@pytest.mark.parametrize(("verb", "options", "operation"), BEGUN, ids=[read[0] for read in BEGUN])
def test_a_write_on_its_way_is_the_last_and_not_cut_off(verb: str, options: dict[str, Any], operation: str, is_async: bool, tmp_path: Any) -> None:
    with interrupted(verb, options, operation, is_async, tmp_path) as server:
        assert [call for call in server.came if call.startswith(WRITES)] == [operation]
        assert server.is_answered


def test_a_cancelled_wait_for_an_event_loses_none() -> None:
    async def read(simulator: Simulator, patience: float) -> list[str]:
        rollout = simulator.client().deploy(service="api", cluster="prod", images={"api": ":2"})
        told: list[str] = []
        while True:
            waiting = asyncio.ensure_future(rollout.__anext__())
            for _ in range(2):
                await asyncio.sleep(patience)
            if waiting.cancel():
                with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
                    told.append((await waiting)["type"])
                continue
            try:
                told.append(waiting.result()["type"])
            except StopAsyncIteration:
                return told

    async def whole(simulator: Simulator) -> list[str]:
        return [event["type"] async for event in simulator.client().deploy(service="api", cluster="prod", images={"api": ":2"})]

    with Simulator(world()) as simulator:
        expected = asyncio.run(whole(simulator))
    for patience in [0, 0.0005, 0.001, 0.003]:
        for _ in range(5):
            with Simulator(world()) as simulator:
                told = asyncio.run(read(simulator, patience))
            assert told == expected


FORKED = """
import gc, os, sys
from ecs_rollout.testing import Simulator
simulator = Simulator({world})
client = simulator.client()
client.whoami() if {is_used} else None
child = os.fork()
if child == 0:
    {act}
    gc.collect()
    sys.exit(0)
_, status = os.waitpid(child, 0)
assert status == 0, status
simulator.calls()
simulator.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize("is_used", [False, True])
@pytest.mark.parametrize("act", ["simulator.close()", "del simulator", "simulator.__exit__(None, None, None)", "del client, simulator", "pass"])
def test_a_simulator_in_a_forked_process_is_left_alone(act: str, is_used: bool) -> None:
    script = FORKED.format(world=world(), act=act, is_used=is_used)
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    gc.collect()
