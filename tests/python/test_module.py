"""What only Python has: both ways of iterating, awaiting, Ctrl-C, exceptions, and its own kinds of values."""

from __future__ import annotations

import asyncio
import datetime
import inspect
import json
import os
import pickle
import pydoc
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import ecs_rollout
import pytest
from ecs_rollout import TaskDefinition
from ecs_rollout.testing import Simulator, difference
from worlds import KEYS, world

REQUEST: Any = {"service": "api", "cluster": "prod", "images": {"api": ":2"}}


def test_a_rollout_is_iterable_and_its_outcome_can_be_asked_for_again() -> None:
    with Simulator(world()) as simulator:
        rollout = simulator.client().deploy(**REQUEST)
        kinds = [event["type"] for event in rollout]
        assert kinds[0] == "started" and kinds[-1] == "succeeded"
        assert list(rollout) == []
        outcome = rollout.outcome()
        assert outcome["changed"] is True
        assert outcome == rollout.outcome()


def test_a_rollout_goes_on_when_nobody_reads_its_events() -> None:
    with Simulator(world()) as simulator:
        rollout = simulator.client().deploy(**REQUEST)
        assert rollout.outcome()["changed"] is True
        assert [event["type"] for event in rollout][0] == "started"


def test_a_rollout_is_iterable_and_awaitable_in_asyncio() -> None:
    async def main() -> None:
        with Simulator(world()) as simulator:
            rollout = simulator.client().deploy(**REQUEST)
            kinds = [event["type"] async for event in rollout]
            assert kinds[-1] == "succeeded"
            outcome = await rollout
            assert outcome["changed"] is True
            both = await asyncio.gather(simulator.client().deploy(**REQUEST), simulator.client().deploy(**REQUEST))
            assert [one["changed"] for one in both] == [False, False]
            with pytest.raises(ecs_rollout.ServiceMissingError):
                await simulator.client().deploy(service="nope", cluster="prod")

    asyncio.run(main())


async def end(rollout: ecs_rollout.Rollout) -> Any:
    return await rollout


def test_an_await_that_is_cancelled_loses_no_event_and_no_outcome() -> None:
    async def main() -> None:
        with Simulator(world()) as simulator:
            calm = [event["type"] async for event in simulator.client().deploy(**REQUEST, force=True)]
        with Simulator(world()) as simulator:
            rollout = simulator.client().deploy(**REQUEST, force=True)
            waiting = asyncio.ensure_future(end(rollout))
            kinds: list[str] = []
            turn = 0
            while not kinds or kinds[-1] != "succeeded":
                turn += 1
                step = asyncio.ensure_future(anext(rollout))
                # Now before it waits, now while it does.
                for _ in range(turn % 50):
                    await asyncio.sleep(0)
                if not step.done():
                    step.cancel()
                try:
                    kinds.append((await step)["type"])
                except asyncio.CancelledError:
                    pass
            assert kinds == calm
            waiting.cancel()
            assert (await rollout)["changed"] is True

    asyncio.run(main())


def test_every_verb_has_a_form_for_asyncio_that_does_not_hold_up_the_loop() -> None:
    async def main() -> None:
        with Simulator(world(faults=[{"operation": "*", "kind": "latency", "seconds": 5, "count": 1000}])) as simulator:
            aio = simulator.client().aio
            turns = 0

            async def turn() -> None:
                nonlocal turns
                while True:
                    turns += 1
                    await asyncio.sleep(0)

            turning = asyncio.ensure_future(turn())
            plan = await aio.plan(**REQUEST)
            assert plan["changed"] and turns > 1
            turning.cancel()
            registered, scaled = await asyncio.gather(
                aio.register(service="api", cluster="prod", images={"api": ":3"}), aio.scale(service="api", cluster="prod", min=1, max=2))
            assert registered["changed"] and scaled["changed"]
            assert [event["type"] async for event in aio.deploy(**REQUEST)][-1] == "succeeded"
            assert (await aio.deploy(**REQUEST))["changed"] is False
            with pytest.raises(ecs_rollout.ServiceMissingError):
                await asyncio.create_task(aio.plan(service="nope", cluster="prod"))
            with pytest.raises(ecs_rollout.UnsupportedError):
                await aio.resolve("registry.example/api:1")

    asyncio.run(main())
    verbs = {name for name in dir(ecs_rollout.Client) if not name.startswith("_")} - {"aio"}
    assert verbs == {name for name in dir(ecs_rollout.aio) if name in ecs_rollout.aio.__all__}
    assert all(getattr(ecs_rollout, verb).__doc__ for verb in verbs)


def test_a_function_of_the_module_uses_the_environment_of_its_call(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**KEYS, "AWS_REGION": "eu-central-1"}.items():
        monkeypatch.setenv(name, value)
    for family in ("one", "two"):
        definitions = [{"family": family, "containerDefinitions": [{"name": "api", "image": f"{family}:1", "memory": 64}]}]
        services = [{"serviceName": "api", "cluster": "prod", "taskDefinition": family, "desiredCount": 1}]
        with Simulator(world(definitions=definitions, services=services)) as simulator:
            monkeypatch.setenv("AWS_ENDPOINT_URL", simulator.endpoint)
            assert ecs_rollout.plan(service="api", cluster="prod", images={"api": ":2"})["images"][0]["from"] == f"{family}:1"
            assert not asyncio.run(ecs_rollout.aio.plan(service="api", cluster="prod"))["changed"]


def test_an_error_has_its_class_its_code_and_its_detail() -> None:
    with Simulator(world(images={"*:2": {"missing": True}}, services=[
        {"serviceName": "api", "cluster": "prod", "taskDefinition": "api:1", "desiredCount": 2,
         "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}}
    ])) as simulator:
        rollout = simulator.client().deploy(**REQUEST)
        events: list[Any] = []
        for look in (lambda: events.extend(rollout), rollout.outcome, lambda: list(rollout), lambda: asyncio.run(end(rollout))):
            with pytest.raises(ecs_rollout.RolledBackError, match="CannotPullContainerError") as caught:
                look()
            assert isinstance(caught.value, ecs_rollout.DeploymentError) and isinstance(caught.value, ecs_rollout.Error)
            assert caught.value.code == "rolled_back"
            assert caught.value.detail["causes"][0]["kind"] == "image_missing"
            assert caught.value.detail["restored"].endswith("api:1")
        assert not issubclass(ecs_rollout.InvalidError, ecs_rollout.DeploymentError)
        again = pickle.loads(pickle.dumps(caught.value))
        assert (type(again), again.detail) == (ecs_rollout.RolledBackError, caught.value.detail)


def test_cancelling_stops_the_watching_and_not_the_deployment() -> None:
    with Simulator(world(speed=1)) as simulator:
        rollout = simulator.client().deploy(**REQUEST)
        deployment = ""
        with pytest.raises(ecs_rollout.CancelledError) as caught:
            for event in rollout:
                if event["type"] == "updated":
                    deployment = event["deployment"]
                    rollout.cancel()
        assert caught.value.detail["deployment"] == deployment
        assert simulator.deployments()[-1]["state"] == "in_progress"


WAIT = """
import signal
import ecs_rollout
from ecs_rollout.testing import Simulator, difference
# A shell that runs the tests in the background has its children ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
with Simulator({world}) as simulator:
    rollout = simulator.client().deploy(service="api", cluster="prod", images={{"api": ":2"}})
    while True:
        try:
            print("waiting", flush=True)
            rollout.outcome()
        except KeyboardInterrupt:
            continue
        except ecs_rollout.CancelledError:
            print("cancelled", flush=True)
            break
"""


def test_ctrl_c_ends_a_blocking_wait() -> None:
    script = WAIT.format(world=world(speed=0.01))
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        for _ in range(20):
            # One that comes just before the wait begins is Python's own business: then another is needed.
            process.send_signal(signal.SIGINT)
            try:
                told, _errors = process.communicate(timeout=2)
                break
            except subprocess.TimeoutExpired:
                continue
        assert told.splitlines()[-1] == "cancelled"
        assert process.returncode == 0


def test_a_definition_is_loaded_changed_and_given_back(tmp_path: Path) -> None:
    file = tmp_path / "taskdef.json"
    file.write_text(json.dumps({"taskDefinition": {"family": "api", "revision": 7, "novelty": {"b": 1, "a": 2.0},
        "containerDefinitions": [{"name": "api", "image": "localhost:5000/api:1", "memory": 64}]}, "tags": [{"key": "k", "value": ""}]}))
    definition = TaskDefinition.load(file)
    rendered = definition.render(images={"api": ":v2"}, containers={"api": {"environment": {"A": "1", "OLD": None}}}, patch={"cpu": "512"})
    assert list(rendered.to_dict()) == ["family", "novelty", "containerDefinitions", "tags", "cpu"]
    assert rendered.to_dict()["containerDefinitions"][0]["image"] == "localhost:5000/api:v2"
    assert json.loads(rendered.to_json()) == json.loads(str(rendered)) == rendered.to_dict()
    assert [change["path"] for change in definition.diff(rendered)] == [
        "/containerDefinitions/0/image", "/containerDefinitions/0/environment", "/cpu"]
    assert definition == TaskDefinition(str(definition)) != rendered
    assert [(finding["rule"], finding["path"]) for finding in rendered.validate()] == [("unknown_member", "/novelty")]
    assert "novelty" not in repr(rendered)


def test_a_difference_is_told_for_people_without_secrets() -> None:
    container = {"name": "api", "image": "a:1", "environment": [{"name": "DB_PASSWORD", "value": "hunter2x"}]}
    before = TaskDefinition({"containerDefinitions": [container]})
    after = before.render(images={"api": ":2"}, containers={"api": {"environment": {"DB_PASSWORD": "hunter3x"}}})
    text = before.diff_text(after)
    assert '-      "image": "a:1",' in text and '+      "image": "a:2",' in text
    assert "(hidden 1)" in text and "hunter" not in text and "\x1b" not in text
    assert "\x1b[32m" in before.diff_text(after, color=True)
    assert before.diff_text(before) == ""


def test_variables_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# db\nexport DB=postgres://x/?a=b\nPASS='pa$word'\n")
    variables = ecs_rollout.dotenv(file)
    assert variables == {"DB": "postgres://x/?a=b", "PASS": "pa$word"}
    definition = TaskDefinition({"containerDefinitions": [{"name": "api", "image": "a:1"}]})
    rendered = definition.render(containers={"api": {"environment": variables}})
    assert rendered.to_dict()["containerDefinitions"][0]["environment"][1] == {"name": "PASS", "value": "pa$word"}
    file.write_text("A=1\nnot a line\n")
    with pytest.raises(ecs_rollout.InvalidError, match=r"\.env:2: not in dotenv form"):
        ecs_rollout.dotenv(file)


def test_a_definition_as_boto3_describes_it_is_taken_as_it_is() -> None:
    described = {"family": "api", "registeredAt": datetime.datetime(2026, 1, 1), "containerDefinitions": [{"name": "api", "image": "a"}]}
    assert TaskDefinition({"taskDefinition": described, "ResponseMetadata": {}}).to_dict() == {
        "family": "api", "containerDefinitions": [{"name": "api", "image": "a"}]}


@pytest.mark.parametrize(("text", "place"), [
    ("{", "task definition:1:1: not JSON"), ("a: [", "not YAML"), ("[]", "a list given"), ("{}", "/containerDefinitions: missing"),
])
def test_what_is_no_definition_is_refused(text: str, place: str) -> None:
    with pytest.raises(ecs_rollout.InvalidError, match=place):
        TaskDefinition(text)


def test_values_that_are_no_json_are_refused() -> None:
    with pytest.raises(ecs_rollout.InvalidError, match="containerDefinitions: a set given: give a list or a dict"):
        TaskDefinition({"containerDefinitions": {1}})
    with pytest.raises(ecs_rollout.InvalidError, match="a finite number"):
        TaskDefinition({"containerDefinitions": [{"cpu": float("nan")}]})
    with Simulator(world()) as simulator:
        for timeout in (float("inf"), 0, -5):
            with pytest.raises(ecs_rollout.InvalidError):
                simulator.client().deploy(service="api", cluster="prod", timeout=timeout).outcome()


def test_a_plan_says_what_a_deployment_would_do_and_writes_nothing() -> None:
    with Simulator(world()) as simulator:
        client = simulator.client()
        plan = client.plan(**REQUEST, desired=3, settings={"enableExecuteCommand": True})
        assert [change["path"] for change in plan["definition"]["changes"]] == ["/containerDefinitions/0/image"]
        assert plan["images"] == [{"container": "api", "from": "registry.example/api:1", "to": "registry.example/api:2"}]
        assert [change["path"] for change in plan["settings"]] == ["/desiredCount", "/enableExecuteCommand"]
        assert [call["operation"] for call in plan["calls"]] == ["RegisterTaskDefinition", "UpdateService"]
        assert client.plan(service="api", cluster="prod", images={"api": ":1"})["calls"] == []
        with pytest.raises(ecs_rollout.ContainerMissingError):
            client.plan(service="api", cluster="prod", images={"apo": ":1"})
        assert all(call["operation"].startswith("Describe") for call in simulator.calls())


def test_a_rollout_that_nobody_keeps_still_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    # The process that forgets a rollout ends with status 120. This one is forgotten on purpose.
    monkeypatch.setattr("ecs_rollout._rollout._is_forgotten", False)
    with Simulator(world()) as simulator:
        with pytest.warns(RuntimeWarning, match=r"nobody has seen how deploy\(service='api'\) ends: .*outcome\(\)"):
            simulator.client().deploy(**REQUEST)
        give_up = time.monotonic() + 30
        while len(simulator.deployments()) < 2:
            assert time.monotonic() < give_up, "nothing was deployed"


FORK = """
import asyncio, os, ecs_rollout
from ecs_rollout.testing import Simulator, difference
with Simulator({world}) as simulator:
    client = simulator.client()
    client.plan(service="api", cluster="prod")
    rollout = client.deploy(service="api", cluster="prod")
    async def end(): return await rollout
    async def event(): return await anext(rollout)
    child = os.fork()
    if child == 0:
        for use in (lambda: client.plan(service="api", cluster="prod"), lambda: asyncio.run(end()), lambda: asyncio.run(event())):
            try: use()
            except RuntimeError as error: print("fork" in str(error), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_after_a_fork_there_is_an_error_and_no_hang() -> None:
    done = subprocess.run([sys.executable, "-c", FORK.format(world=world())], capture_output=True, text=True, timeout=20)
    assert done.stdout == "True\n" * 3, done.stderr


def test_a_definition_can_be_given_as_an_option() -> None:
    with Simulator(world()) as simulator:
        definition = TaskDefinition({"family": "api", "containerDefinitions": [{"name": "api", "image": "a:9", "memory": 64}]})
        outcome = simulator.client().deploy(service="api", cluster="prod", definition=definition, images=None).outcome()  # type: ignore[arg-type]
        assert outcome["definition"].endswith(":2")


def test_definitions_of_several_services_keep_their_numbers() -> None:
    with Simulator(world()) as simulator:
        text = '{"family":"api","novelty":1.10,"vast":1e300,"containerDefinitions":[{"name":"api","image":"a:9","memory":64}]}'
        deployment: Any = {"service": "api", "cluster": "prod", "definition": TaskDefinition(text)}
        simulator.client().deploy_all(services=[deployment]).outcome()
        # Alone a definition has always kept them.
        assert simulator.client().plan(**deployment)["calls"] == []
        assert simulator.client().deploy_all(services=(deployment,)).outcome()[0]["outcome"]["changed"] is False  # type: ignore[arg-type]
        with pytest.raises(ecs_rollout.InvalidError, match="services"):
            simulator.client().deploy_all(services="api")  # type: ignore[arg-type]


def test_a_number_that_cannot_be_kept_is_refused_with_its_place() -> None:
    with pytest.raises(ecs_rollout.InvalidError, match=r"task definition:1:13: this number cannot be kept exactly"):
        TaskDefinition('{"novelty": 1e400}')
    for number in [2**64, -(2**63) - 1, 12345678901234567890123]:
        with pytest.raises(ecs_rollout.InvalidError, match=r"novelty\.a\[1\]: a number that cannot be kept") as raised:
            TaskDefinition({"containerDefinitions": [], "novelty": {"a": [1, number]}})
        assert str(number) not in str(raised.value)
    for kept in (2**64 - 1, -(2**63), 10**20, 0.1, 1e300):
        definition = TaskDefinition({"containerDefinitions": [{"name": "api"}], "novelty": kept})
        assert definition.to_dict()["novelty"] == kept


def test_the_stubs_types_are_the_modules() -> None:
    assert ecs_rollout.Rollout[int, str].__origin__ is ecs_rollout.Rollout  # type: ignore[attr-defined]


def test_help_shows_the_parameters_and_the_doc_of_a_verb() -> None:
    text = pydoc.plain(pydoc.render_doc(ecs_rollout.deploy))
    for part in ("deploy(*, service: 'str', cluster: 'str' = 'default'", "timeout: 'float' = 1800.0", "-> 'Rollout'", "ecs:UpdateService"):
        assert part in text
    for verb in ecs_rollout.aio.__all__:
        parameters = inspect.signature(getattr(ecs_rollout, verb)).parameters
        assert parameters == inspect.signature(getattr(ecs_rollout.Client(endpoint="http://127.0.0.1:9").aio, verb)).parameters
        assert all(one.kind is one.KEYWORD_ONLY for one in parameters.values() if one.name != "image"), verb
    shown = "(image: 'str', *, timeout: 'float' = 300.0, require: 'list[str]' = []) -> 'ImageInfo'"
    assert str(inspect.signature(ecs_rollout.resolve)) == shown
    with pytest.raises(TypeError, match="deploy.. takes its options by name"):
        ecs_rollout.deploy("api")  # type: ignore[call-arg]


def test_what_differs_is_said_with_its_place() -> None:
    assert difference({"a": [1, {"b": "*x*"}]}, {"a": [1, {"b": "axb", "c": 2}]}) is None
    assert difference({"a": [1]}, {"a": [2]}) == "a[0]: expected 1, seen 2"


def test_the_printed_types_can_be_imported_and_are_not_loaded_unasked() -> None:
    script = "import sys, ecs_rollout; print('typing' in sys.modules); import ecs_rollout.types as types; print(types.StartedEvent(type='started', service='a', cluster='b', strategy='c'))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["False", "{'type': 'started', 'service': 'a', 'cluster': 'b', 'strategy': 'c'}"]


def test_client_settings_are_checked() -> None:
    with pytest.raises(ecs_rollout.InvalidError, match='unknown option "regoin": did you mean "region"'):
        ecs_rollout.Client(regoin="x")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"timeout": datetime.timedelta(minutes=5)}, "timeout: a timedelta given: give its total_seconds()"),
        ({"timeout": float("inf")}, "timeout: a number without an end"),
        ({"images": {"api": b":v2"}}, "images.api: bytes given, a text expected"),
        ({"on_event": print}, "on_event: a function given, and none is called: iterate over"),
        ({"settings": {"placementConstraints": [{1, 2}]}}, "settings.placementConstraints[0]: a set given: give a list"),
    ],
)
def test_a_value_that_is_no_json_is_told_by_its_place(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ecs_rollout.InvalidError) as raised:
        ecs_rollout.Client(endpoint="http://127.0.0.1:9").deploy(service="api", **options)
    assert says in str(raised.value)


def test_a_service_is_created_and_scaled_and_both_are_read_again() -> None:
    definition = TaskDefinition({"family": "web", "containerDefinitions": [{"name": "web", "image": "registry.example/web:1", "memory": 64}]})
    with Simulator(world()) as simulator:
        client = simulator.client()
        created = client.service(service="web", cluster="prod", definition=definition, desired=2).outcome()
        assert created["created"] and created["changed"]
        again = client.service(service="web", cluster="prod", definition=definition, desired=2).outcome()
        assert not again["created"] and not again["changed"]
        assert {finding["rule"] for finding in again["findings"]} == {"no_health_check", "no_breaker"}
        scaled = client.scale(service="web", cluster="prod", min=2, max=4, cpu=50, suspended=True)
        assert scaled["suspended"] == {"in": True, "out": True, "scheduled": True}
        assert client.scale(service="web", cluster="prod", cpu=None)["policies"] == []
        with pytest.raises(ecs_rollout.InvalidError, match="did you mean"):
            client.scale(service="web", cluster="prod", mim=2)  # type: ignore[call-arg]
