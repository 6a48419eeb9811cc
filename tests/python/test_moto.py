"""moto: a server that nobody here wrote. It starts no tasks and knows no service deployments, so no verdict is asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import ecs_rollout
import pytest
from moto.server import ThreadedMotoServer

KEYS: Any = {"region_name": "eu-central-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def ecs(endpoint: str) -> Any:
    ecs = boto3.client("ecs", endpoint_url=endpoint, **KEYS)
    ecs.create_cluster(clusterName="prod")
    ecs.register_task_definition(family="api", cpu="256", memory="512", networkMode="awsvpc", requiresCompatibilities=["FARGATE"],
        containerDefinitions=[{"name": "api", "image": "registry.example/api:1", "environment": [{"name": "A", "value": "1"}]}])
    ecs.create_service(cluster="prod", serviceName="api", taskDefinition="api", desiredCount=1)
    yield ecs
    ecs.delete_service(cluster="prod", service="api", force=True)
    ecs.delete_cluster(cluster="prod")


def test_a_definition_is_registered_and_the_service_updated(endpoint: str, ecs: Any) -> None:
    client = ecs_rollout.Client(endpoint=endpoint, region="eu-central-1")
    outcome = client.deploy(service="api", cluster="prod", images={"api": ":2"}, containers={"api": {"environment": {"B": "2"}}}, wait=False).outcome()
    assert outcome["definition"] != outcome["previous"]
    service = ecs.describe_services(cluster="prod", services=["api"])["services"][0]
    assert (service["taskDefinition"], service["desiredCount"]) == (outcome["definition"], 1)
    container = ecs.describe_task_definition(taskDefinition=outcome["definition"])["taskDefinition"]["containerDefinitions"][0]
    assert container["image"] == "registry.example/api:2"
    assert container["environment"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]


def test_what_is_missing_is_told(endpoint: str, ecs: Any) -> None:
    client = ecs_rollout.Client(endpoint=endpoint, region="eu-central-1")
    with pytest.raises(ecs_rollout.ServiceMissing):
        client.deploy(service="nope", cluster="prod").outcome()
    with pytest.raises(ecs_rollout.ClusterMissing):
        client.deploy(service="api", cluster="nope").outcome()


def test_a_role_is_assumed(endpoint: str, ecs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    client = ecs_rollout.Client(region="eu-central-1", role="arn:aws:iam::123456789012:role/deploy")
    assert client.deploy(service="api", cluster="prod", images={"api": ":1"}, wait=False).outcome()["changed"] is False
