"""moto: a server that nobody here wrote. It starts no tasks and knows no service deployments, so no verdict is asked of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
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


def test_a_service_is_created_and_then_as_asked(endpoint: str, ecs: Any) -> None:
    client = ecs_rollout.Client(endpoint=endpoint, region="eu-central-1")
    # moto looks for what is named here.
    ec2 = boto3.client("ec2", endpoint_url=endpoint, **KEYS)
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]
    groups = [group["GroupId"] for group in ec2.describe_security_groups()["SecurityGroups"]][:1]
    network = {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": groups}}
    settings = {"serviceName": "web", "cluster": "prod", "desiredCount": 2, "launchType": "FARGATE", "networkConfiguration": network,
        "tags": [{"key": "team", "value": "a"}]}
    created = client.service(settings=settings, definition="api", wait=False).outcome()
    assert created["changed"] and created["created"] and created["service"].endswith(":service/prod/web")
    service = ecs.describe_services(cluster="prod", services=["web"], include=["TAGS"])["services"][0]
    assert (service["serviceArn"], service["desiredCount"], service["launchType"]) == (created["service"], 2, "FARGATE")
    assert service["networkConfiguration"]["awsvpcConfiguration"]["subnets"] == subnets
    assert service["tags"] == settings["tags"]
    again = client.service(settings=settings, definition="api", wait=False, plan=True).outcome()
    assert (again["changed"], again["created"], again["planned"]) == (False, False, []), again
    changed = client.service(settings={**settings, "desiredCount": 3, "tags": [{"key": "team", "value": "b"}]}, wait=False).outcome()
    assert [change["path"] for change in changed["changes"]] == ["/desiredCount", "/tags/team"]
    service = ecs.describe_services(cluster="prod", services=["web"], include=["TAGS"])["services"][0]
    assert (service["desiredCount"], service["tags"]) == (3, [{"key": "team", "value": "b"}])
    with pytest.raises(ecs_rollout.UnsupportedError, match="launchType"):
        client.service(settings={**settings, "launchType": "EC2"}, wait=False).outcome()
    ecs.delete_service(cluster="prod", service="web", force=True)


def test_scaling_is_registered_and_read_back(endpoint: str, ecs: Any) -> None:
    scaling = boto3.client("application-autoscaling", endpoint_url=endpoint, **KEYS)
    client = ecs_rollout.Client(endpoint=endpoint, region="eu-central-1")
    options: Any = {"service": "api", "cluster": "prod", "min": 2, "max": 5, "cpu": 60, "memory": 75, "cooldown": {"in": 120}}
    night = {"ScheduledActionName": "night", "Schedule": "cron(0 22 * * ? *)", "ScalableTargetAction": {"MinCapacity": 2, "MaxCapacity": 3}}
    first = client.scale(**options, actions=[night])
    assert first["changed"] and [policy["name"] for policy in first["policies"]] == ["api-cpu", "api-memory"]
    of: Any = {"ServiceNamespace": "ecs", "ResourceId": "service/prod/api"}
    target = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[of["ResourceId"]])["ScalableTargets"][0]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 5)
    policies = scaling.describe_scaling_policies(**of)["ScalingPolicies"]
    tracked = {policy["PolicyName"]: policy["TargetTrackingScalingPolicyConfiguration"] for policy in policies}
    assert (tracked["api-cpu"]["TargetValue"], tracked["api-cpu"]["ScaleInCooldown"], tracked["api-memory"]["TargetValue"]) == (60, 120, 75)
    assert [policy["PolicyARN"] for policy in policies] == [policy["arn"] for policy in first["policies"]]
    assert scaling.describe_scheduled_actions(**of)["ScheduledActions"][0]["ScalableTargetAction"] == night["ScalableTargetAction"]
    # moto shows what it was given: asked for again, that is no change.
    again = client.scale(**options, actions=[night], plan=True)
    assert (again["changed"], again["planned"], again["changes"]) == (False, [], []), again
    assert client.scale(service="api", cluster="prod", cpu=None)["changed"]
    assert [policy["PolicyName"] for policy in scaling.describe_scaling_policies(**of)["ScalingPolicies"]] == ["api-memory"]
    assert client.scale(service="api", cluster="prod", remove=True)["changed"]
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []


def test_what_is_missing_is_told(endpoint: str, ecs: Any) -> None:
    client = ecs_rollout.Client(endpoint=endpoint, region="eu-central-1")
    with pytest.raises(ecs_rollout.ServiceMissingError):
        client.deploy(service="nope", cluster="prod").outcome()
    with pytest.raises(ecs_rollout.ClusterMissingError):
        client.deploy(service="api", cluster="nope").outcome()


def test_a_role_is_assumed(endpoint: str, ecs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    client = ecs_rollout.Client(region="eu-central-1", role="arn:aws:iam::123456789012:role/deploy")
    assert client.deploy(service="api", cluster="prod", images={"api": ":1"}, wait=False).outcome()["changed"] is False


def test_an_image_is_found_and_its_registry_let_in_to(endpoint: str) -> None:
    # moto makes up digests and times: neither is looked at.
    ecr = boto3.client("ecr", endpoint_url=endpoint, **KEYS)
    ecr.create_repository(repositoryName="api")
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": f"sha256:{'c' * 64}", "size": 7}
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [
        {**config, "mediaType": "application/vnd.oci.image.manifest.v1+json", "platform": {"os": "linux", "architecture": "arm64"}}]}
    ecr.put_image(repositoryName="api", imageManifest=json.dumps(manifest), imageManifestMediaType=manifest["mediaType"], imageTag="v1")
    host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
    client = ecs_rollout.Client(endpoint=endpoint, region="eu-central-1")
    resolved = client.resolve(f"{host}/api:v1")
    assert (resolved["platforms"], resolved["media"]) == (["linux/arm64"], manifest["mediaType"])
    assert resolved["image"].startswith(f"{host}/api@sha256:")
    assert client.exists(f"{host}/api:v1") and not client.exists(f"{host}/api:v2")
    with pytest.raises(ecs_rollout.ImageMissingError):
        client.resolve(f"{host}/api:v2")
    [credential] = client.login()
    assert (credential.user, bool(credential.password())) == ("AWS", True)
    ecr.delete_repository(repositoryName="api", force=True)


def test_who_one_is_is_known(endpoint: str) -> None:
    identity = ecs_rollout.Client(endpoint=endpoint, region="eu-central-1").whoami()
    assert identity["account"] == "123456789012" and identity["arn"].startswith("arn:aws:sts::123456789012:")
    role = "arn:aws:iam::123456789012:role/deploy"
    client = ecs_rollout.Client(endpoint=endpoint, region="eu-central-1", role=role, session="ci-7", tags={"team": "a"})
    identity = client.whoami()
    assert identity["account"] == "123456789012" and identity["arn"].endswith(":assumed-role/deploy/ci-7")


class Github(BaseHTTPRequestHandler):
    """Gives a job's ID token to who has the job's secret."""

    def do_GET(self) -> None:
        is_let_in = self.headers["authorization"] == "Bearer job" and self.path.endswith("&audience=sts.amazonaws.com")
        body = b'{"value": "ey.token"}' if is_let_in else b"{}"
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


def test_a_job_of_github_needs_no_keys(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with HTTPServer(("127.0.0.1", 0), Github) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"http://127.0.0.1:{server.server_port}/token?api=1")
        monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "job")
        identity = ecs_rollout.Client(region="eu-central-1", role="arn:aws:iam::123456789012:role/ci").whoami()
        assert identity["arn"] == "arn:aws:sts::123456789012:assumed-role/ci/ecs-rollout"
        server.shutdown()


ROLE = "arn:aws:iam::123456789012:role/s"
FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:f"


def test_a_schedule_is_made_changed_and_left_alone(endpoint: str) -> None:
    client = ecs_rollout.Client(endpoint=endpoint, region="eu-central-1")
    scheduler = boto3.client("scheduler", endpoint_url=endpoint, **KEYS)
    asked: Any = {"name": "tick", "expression": "cron(0 9 ? * MON-FRI *)", "timezone": "Europe/Berlin", "role": ROLE,
        "target": {"lambda": FUNCTION, "input": {"a": 1}}, "retry": {"attempts": 2}, "description": "d", "start": "2031-01-01T00:00:00"}
    made = client.schedule(**asked)
    assert (made["changed"], made["created"]) == (True, True)
    seen = scheduler.get_schedule(Name="tick")
    assert (seen["ScheduleExpression"], seen["ScheduleExpressionTimezone"], seen["State"]) == ("cron(0 9 ? * MON-FRI *)", "Europe/Berlin", "ENABLED")
    assert (seen["Target"]["Arn"], json.loads(seen["Target"]["Input"]), seen["Target"]["RetryPolicy"]["MaximumRetryAttempts"]) == (FUNCTION, {"a": 1}, 2)
    again = client.schedule(**asked)
    assert (again["changed"], again["changes"], again["calls"]) == (False, [], 1)
    changed = client.schedule(name="tick", expression="rate(1 hour)", enabled=False)
    assert sorted(change["path"] for change in changed["changes"]) == ["/ScheduleExpression", "/State"]
    seen = scheduler.get_schedule(Name="tick")
    assert (seen["ScheduleExpression"], seen["State"], seen["Description"], json.loads(seen["Target"]["Input"])) == ("rate(1 hour)", "DISABLED", "d", {"a": 1})
    with pytest.raises(ecs_rollout.InvalidError, match="no schedule group"):
        client.schedule(**{**asked, "group": "nightly"})
    assert client.schedule(**{**asked, "group": "nightly", "create": True})["created"]
    assert client.schedule(name="tick", group="nightly", remove=True)["changed"]
    assert client.schedule(name="tick", remove=True)["changed"] and not client.schedule(name="tick", remove=True)["changed"]
    assert scheduler.list_schedules()["Schedules"] == []
    scheduler.delete_schedule_group(Name="nightly")


def test_a_rule_and_what_it_stands_on_are_made_changed_and_left_alone(endpoint: str) -> None:
    client = ecs_rollout.Client(endpoint=endpoint, region="eu-central-1")
    events = boto3.client("events", endpoint_url=endpoint, **KEYS)
    http = {"url": "https://a.example/cron", "headers": {"x-a": "1"}, "body": {"a": 1}, "connection": {"key": {"header": "x", "value": "s3cret"}}}
    asked: Any = {"name": "ping", "expression": "rate(5 minutes)", "role": ROLE, "target": {"http": http}}
    made = client.schedule(**asked)
    assert (made["created"], made["route"]) == (True, "rule") and "s3cret" not in json.dumps(made)
    [target] = events.list_targets_by_rule(Rule="ping")["Targets"]
    assert (target["Id"], target["RoleArn"], json.loads(target["Input"]), target["HttpParameters"]["HeaderParameters"]) == ("ping", ROLE, {"a": 1}, {"x-a": "1"})
    destination = events.describe_api_destination(Name="ping")
    assert (destination["InvocationEndpoint"], destination["HttpMethod"], destination["ApiDestinationArn"]) == ("https://a.example/cron", "POST", target["Arn"])
    assert events.describe_connection(Name="ping")["AuthorizationType"] == "API_KEY"
    again = client.schedule(**asked)
    assert (again["changed"], again["changes"]) == (False, []), again
    changed = client.schedule(**{**asked, "expression": "rate(1 day)"})
    assert [change["path"] for change in changed["changes"]] == ["/ScheduleExpression"]
    assert events.describe_rule(Name="ping")["ScheduleExpression"] == "rate(1 day)"
    assert client.schedule(name="ping", route="rule", remove=True)["changed"]
    assert events.list_rules()["Rules"] == [] and events.list_connections()["Connections"] == []


def test_a_task_is_ordered_as_moto_reads_it(endpoint: str, ecs: Any) -> None:
    """Its tasks may never stop: only the order and its answer are asked of it."""
    client = ecs_rollout.Client(endpoint=endpoint, region="eu-central-1")
    subnet = boto3.client("ec2", endpoint_url=endpoint, **KEYS).describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": []}}
    job = {"family": "job", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
        "containerDefinitions": [{"name": "job", "image": "registry.example/job:1", "cpu": 256, "memory": 512}]}
    ran = client.run(definition=job, cluster="prod", command=["migrate"], environment={"A": "2"}, key="ci/7", count=2, wait=False,
        settings={"launchType": "FARGATE", "networkConfiguration": network, "tags": [{"key": "k", "value": "v"}]}).outcome()
    assert ran["changed"] and len(ran["tasks"]) == 2
    tasks = ecs.describe_tasks(cluster="prod", tasks=[task["task"] for task in ran["tasks"]], include=["TAGS"])["tasks"]
    for task in tasks:
        assert (task["startedBy"], task["launchType"], task["taskDefinitionArn"]) == ("ci/7", "FARGATE", ran["definition"])
        assert task["overrides"]["containerOverrides"] == [{"name": "job", "command": ["migrate"], "environment": [{"name": "A", "value": "2"}]}]
    registered = client.register(definition=ran["definition"], images={"job": ":2"})
    assert registered["changed"] and registered["previous"] == ran["definition"]
    assert client.register(definition=ran["definition"], images={"job": ":2"})["changed"] is False
