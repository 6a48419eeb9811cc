"""Secrets planted wherever a user may give one (tests/canaries.json) come out nowhere: not in events, outcomes, errors, nor in what is printed."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import ecs_rollout
import pytest
from ecs_rollout.testing import Simulator

WHOLE = json.loads((Path(__file__).parent.parent / "canaries.json").read_text())
CANARY: str = WHOLE["canary"]


class Seen:
    """All that comes out, as whoever prints or logs it would see it."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def add(self, *things: Any) -> None:
        self.texts += [text for thing in things for text in (repr(thing), str(thing))]

    def error(self, error: BaseException) -> None:
        self.add(error, getattr(error, "detail", None), getattr(error, "code", None), error.args)
        if hasattr(error, "report"):
            self.add(error.report())

    def check(self) -> None:
        found = [text for text in self.texts if CANARY in text]
        assert not found, found
        assert self.texts


def ask(client: ecs_rollout.Client, case: Any, seen: Seen) -> None:
    """Asks for what the case says, and takes in all that comes of it."""
    request = case["request"]
    seen.add(client, client.aio)
    try:
        verb = getattr(client, case["verb"])
        begun = verb(request) if isinstance(request, str) else verb(**request)
        seen.add(begun)
        if not isinstance(begun, ecs_rollout.Rollout):
            return
        for event in begun:
            seen.add(event, begun)
            if event.get("type") == case.get("cancel", {}).get("type"):
                begun.cancel()
        seen.add(begun.outcome(), begun)
    except ecs_rollout.Error as error:
        seen.error(error)


@pytest.mark.parametrize("case", WHOLE["cases"], ids=lambda case: case["about"])
def test_canary(case: Any, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    # The process that forgets a rollout ends with status 120. One is forgotten on purpose here.
    monkeypatch.setattr("ecs_rollout._rollout._is_forgotten", False)
    seen = Seen()
    with warnings.catch_warnings(record=True) as warned, Simulator(WHOLE["world"]) as simulator:
        warnings.simplefilter("always")
        ask(simulator.client(), case, seen)
        # One that nobody looks at.
        with contextlib.suppress(ecs_rollout.Error):
            if not isinstance(case["request"], str):
                verb: Any = getattr(simulator.client(), case["verb"])
                verb(**case["request"])
    seen.add(*(warning.message for warning in warned))
    seen.add(*capfd.readouterr())
    seen.check()


class Echo(BaseHTTPRequestHandler):
    """A server that repeats in its error what it was sent."""

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        operation = self.headers.get("x-amz-target", self.path).rpartition(".")[2]
        text = json.dumps({"__type": "ClientException", "message": f"cannot {operation}: {body} {self.headers.get('authorization', '')[:5]}"}).encode()
        self.send_response(400)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_PUT = do_POST


@pytest.fixture
def echo() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("case", WHOLE["cases"], ids=lambda case: case["about"])
def test_an_error_of_aws_that_repeats_what_it_was_sent(case: Any, echo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA" + CANARY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY + "key")
    monkeypatch.setenv("AWS_SESSION_TOKEN", CANARY + "token")
    seen = Seen()
    client = ecs_rollout.Client(endpoint=echo, region="eu-central-1", tags={"a": CANARY})
    request = case["request"]
    if isinstance(request, dict) and case["verb"] not in ("watch", "deploy_all"):
        request = {**request, "timeout": 5} if case["verb"] in ("deploy", "plan", "run") and "timeout" not in request else request
    ask(client, {**case, "request": request}, seen)
    seen.check()


def test_a_password_in_the_endpoint_is_not_told() -> None:
    seen = Seen()
    client = ecs_rollout.Client(endpoint=f"http://user:{CANARY}@127.0.0.1:1", region="eu-central-1")
    ask(client, {"verb": "scale", "request": {"service": "api"}}, seen)
    ask(client, {"verb": "watch", "request": {"service": "api", "timeout": 1}}, seen)
    seen.check()


def test_definitions_and_files(tmp_path: Path) -> None:
    seen = Seen()
    document = next(case for case in WHOLE["cases"] if case["about"] == "a success")["request"]["definition"]
    definition = ecs_rollout.TaskDefinition(document)
    other = definition.render(containers={"api": {"environment": {"A": CANARY + "2", "NEW": CANARY}, "command": [CANARY]}})
    seen.add(definition.validate(), repr_of(definition), definition.diff_text(other), other.diff_text(definition, color=True))
    broken = json.dumps(document)
    texts = [broken[:-5], broken.replace('"value"', '"value', 1), "family: api\ncontainerDefinitions:\n- name: api\n  a: [" + CANARY,
        "a: !x " + CANARY, "a: 1\n" + CANARY, CANARY, json.dumps(broken), json.dumps([document]), json.dumps({"family": CANARY})]
    for text in texts:
        for name in ("taskdef.json", "taskdef.yaml"):
            path = tmp_path / name
            path.write_text(text)
            refused(seen, ecs_rollout.TaskDefinition, text)
            refused(seen, ecs_rollout.TaskDefinition.load, path)
    for text in [f"A={CANARY} x", f"A='{CANARY}", f"{CANARY}", f"A={CANARY}\nA=1", f"A={CANARY}\0", f'A={CANARY}"x"']:
        path = tmp_path / "variables"
        path.write_text(text)
        with pytest.raises(ecs_rollout.Error) as caught:
            ecs_rollout.dotenv(path)
        seen.error(caught.value)
    with pytest.raises(ecs_rollout.Error) as caught:
        definition.render(containers={"api": {"image": f"user:{CANARY}@host/x"}})
    seen.error(caught.value)
    seen.check()


def refused(seen: Seen, read: Callable[[Any], Any], given: Any) -> None:
    with pytest.raises(ecs_rollout.Error) as caught:
        read(given)
    seen.error(caught.value)


def repr_of(definition: ecs_rollout.TaskDefinition) -> str:
    # Its text is its JSON: whoever asks for that gets it whole.
    return repr(definition)


FORGET = """
import asyncio, json, sys
import ecs_rollout
from ecs_rollout.testing import Simulator
whole = json.load(open(sys.argv[1]))
simulator = Simulator(whole["world"])
client = simulator.client()
kept = []
for case in whole["cases"]:
    if isinstance(case["request"], dict):
        try:
            kept.append(getattr(client.aio, case["verb"])(**case["request"]))
        except ecs_rollout.Error as error:
            print(repr(error), error)
del kept[:20]
"""


def test_what_nobody_looks_at_tells_no_secret_at_the_end() -> None:
    file = Path(__file__).parent.parent / "canaries.json"
    own = {**os.environ, "AWS_SECRET_ACCESS_KEY": CANARY}
    done = subprocess.run([sys.executable, "-c", FORGET, str(file)], capture_output=True, text=True, timeout=120, env=own)
    assert "nobody has seen" in done.stderr
    assert CANARY not in done.stderr + done.stdout
