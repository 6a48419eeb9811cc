"""What an installed package must do: deploy on the simulator, say what went wrong, and have types."""

from importlib import resources

import ecs_rollout
from ecs_rollout.testing import Simulator

definition = {"family": "api", "containerDefinitions": [{"name": "api", "image": "api:v1", "memory": 64}]}
service = {"serviceName": "api", "taskDefinition": "api", "desiredCount": 2}
breaker = {"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}}
images = {"api:broken": {"exit": {"code": 1}}}
with Simulator({"speed": 0, "definitions": [definition], "services": [{**service, **breaker}], "images": images}) as simulator:
    client = simulator.client()
    outcome = client.deploy(service="api", images={"api": ":v2"}).outcome()
    assert outcome["changed"], outcome
    try:
        client.deploy(service="api", images={"api": ":broken"}).outcome()
        raise AssertionError("it must not succeed")
    except ecs_rollout.RolledBackError as error:
        assert error.detail["causes"][0]["kind"] == "exited", error.detail
assert resources.files("ecs_rollout").joinpath("py.typed").is_file()
print("installed: it deploys, and reports a rollback")
