"""The simulator's shapes are those of botocore's models: boto3 drives it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from ecs_rollout.testing import Simulator
from worlds import world


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(world()) as simulator:
        yield simulator


@pytest.fixture
def ecs(simulator: Simulator) -> Any:
    return boto3.client("ecs", endpoint_url=simulator.endpoint, region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")


def test_a_service_from_nothing_to_steady_state(simulator: Simulator, ecs: Any) -> None:
    assert ecs.create_cluster(clusterName="new")["cluster"]["status"] == "ACTIVE"
    registered = ecs.register_task_definition(family="web", cpu="1 vCPU", memory="2 GB", networkMode="awsvpc", requiresCompatibilities=["FARGATE"],
        containerDefinitions=[{"name": "web", "image": "nginx", "portMappings": [{"containerPort": 80}]}], tags=[{"key": "k", "value": "v"}])
    definition = registered["taskDefinition"]
    assert (definition["cpu"], definition["memory"], definition["revision"]) == ("1024", "2048", 1)
    assert definition["containerDefinitions"][0]["portMappings"] == [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]
    assert isinstance(definition["registeredAt"], datetime.datetime)
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    created = ecs.create_service(cluster="new", serviceName="web", taskDefinition="web", desiredCount=2, launchType="FARGATE", networkConfiguration=network)
    assert created["service"]["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    simulator.advance(60)
    ecs.get_waiter("services_stable").wait(cluster="new", services=["web"], WaiterConfig={"Delay": 0, "MaxAttempts": 1})
    tasks = ecs.list_tasks(cluster="new", serviceName="web")["taskArns"]
    described = ecs.describe_tasks(cluster="new", tasks=tasks)["tasks"]
    assert [task["lastStatus"] for task in described] == ["RUNNING", "RUNNING"]


def test_an_update_is_a_service_deployment_with_a_target_revision(simulator: Simulator, ecs: Any) -> None:
    ecs.register_task_definition(family="api", containerDefinitions=[{"name": "api", "image": "registry.example/api:2", "memory": 64}])
    updated = ecs.update_service(cluster="prod", service="api", taskDefinition="api:2")["service"]
    assert [deployment["status"] for deployment in updated["deployments"]] == ["PRIMARY", "ACTIVE"]
    simulator.advance(60)
    brief = ecs.list_service_deployments(cluster="prod", service="api")["serviceDeployments"][0]
    whole = ecs.describe_service_deployments(serviceDeploymentArns=[brief["serviceDeploymentArn"]])["serviceDeployments"][0]
    assert brief["status"] == whole["status"] == "SUCCESSFUL"
    revision = ecs.describe_service_revisions(serviceRevisionArns=[brief["targetServiceRevisionArn"]])["serviceRevisions"][0]
    assert revision["taskDefinition"] == updated["taskDefinition"]
    events = [event["message"] for event in ecs.describe_services(cluster="prod", services=["api"])["services"][0]["events"]]
    assert events[0] == "(service api) has reached a steady state."
    assert any("has stopped 1 running tasks" in event or "has stopped 2 running tasks" in event for event in events)


def test_members_of_the_world_can_be_given_by_name() -> None:
    with Simulator(speed=0, clusters=["new"]) as simulator:
        simulator.advance(5)
        assert simulator.now == 5
    with pytest.raises(ValueError, match="sped"):
        Simulator(sped=1)


def test_refusals_are_those_of_ecs(ecs: Any) -> None:
    assert ecs.describe_services(cluster="prod", services=["nope"])["failures"][0]["reason"] == "MISSING"
    with pytest.raises(ecs.exceptions.ClusterNotFoundException):
        ecs.describe_services(cluster="nope", services=["api"])
    with pytest.raises(ecs.exceptions.ServiceNotFoundException):
        ecs.update_service(cluster="prod", service="nope")
    with pytest.raises(ecs.exceptions.ClientException, match="Unable to describe task definition"):
        ecs.describe_task_definition(taskDefinition="nope")
    assert "UnknownOperation" in str(pytest.raises(Exception, ecs.describe_capacity_providers).value)


@pytest.fixture
def calendar() -> Iterator[Simulator]:
    with Simulator(speed=0, date="2026-03-28T00:00:00Z") as simulator:
        yield simulator


def client(simulator: Simulator, service: str) -> Any:
    return boto3.client(service, endpoint_url=simulator.endpoint, region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")


LAMBDA = {"Arn": "arn:aws:lambda:eu-central-1:123456789012:function:f", "RoleArn": "arn:aws:iam::123456789012:role/s", "Input": '{"a": 1}'}


def test_a_schedule_is_replaced_as_a_whole_and_listed_in_pages(calendar: Simulator) -> None:
    scheduler = client(calendar, "scheduler")
    common: Any = {"FlexibleTimeWindow": {"Mode": "OFF"}, "Target": LAMBDA}
    created = scheduler.create_schedule(Name="a", ScheduleExpression="rate(1 hour)", Description="d", State="DISABLED", **common)
    assert created["ScheduleArn"] == "arn:aws:scheduler:eu-central-1:123456789012:schedule/default/a"
    with pytest.raises(scheduler.exceptions.ConflictException):
        scheduler.create_schedule(Name="a", ScheduleExpression="rate(1 hour)", **common)
    scheduler.update_schedule(Name="a", ScheduleExpression="rate(2 hours)", StartDate=datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC), **common)
    seen = scheduler.get_schedule(Name="a")
    assert (seen["ScheduleExpression"], seen["State"], seen.get("Description")) == ("rate(2 hours)", "ENABLED", None)
    assert seen["StartDate"].timestamp() == datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC).timestamp()
    assert isinstance(seen["CreationDate"], datetime.datetime)
    assert seen["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
    for bad in ({"ScheduleExpression": "cron(0 9 * * 1-5)"}, {"ScheduleExpression": "at(2020-01-01T00:00:00)"}, {"ScheduleExpressionTimezone": "Mars/Base"}):
        with pytest.raises(scheduler.exceptions.ValidationException):
            scheduler.update_schedule(**{"Name": "a", "ScheduleExpression": "rate(1 day)", **common, **bad})
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.create_schedule(Name="b", GroupName="g", ScheduleExpression="rate(1 hour)", **common)
    scheduler.create_schedule_group(Name="g")
    for name in ("b", "c", "d"):
        scheduler.create_schedule(Name=name, GroupName="g", ScheduleExpression="rate(1 hour)", **common)
    pages = list(scheduler.get_paginator("list_schedules").paginate(GroupName="g", PaginationConfig={"PageSize": 2}))
    assert [[one["Name"] for one in page["Schedules"]] for page in pages] == [["b", "c"], ["d"]]
    assert [group["Name"] for group in scheduler.list_schedule_groups()["ScheduleGroups"]] == ["default", "g"]
    scheduler.delete_schedule_group(Name="g")
    scheduler.delete_schedule(Name="a", GroupName="default")
    with pytest.raises(scheduler.exceptions.ResourceNotFoundException):
        scheduler.get_schedule(Name="a")
    assert scheduler.list_schedules()["Schedules"] == []


def test_a_schedule_fires_once_a_due_time_by_the_clocks_of_its_zone(calendar: Simulator) -> None:
    scheduler = client(calendar, "scheduler")
    zone: Any = {"ScheduleExpressionTimezone": "Europe/Berlin", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": LAMBDA}
    # Python's own calendar says when nine in Berlin is; the clocks go forward on the second day.
    from zoneinfo import ZoneInfo
    start = datetime.datetime(2026, 3, 28, tzinfo=datetime.UTC).timestamp()
    nine = [datetime.datetime(2026, 3, day, 9, tzinfo=ZoneInfo("Europe/Berlin")).timestamp() - start for day in (28, 29, 30)]
    scheduler.create_schedule(Name="nine", ScheduleExpression="cron(0 9 * * ? *)", **zone)
    scheduler.create_schedule(Name="skipped", ScheduleExpression="cron(30 2 29 3 ? *)", **zone)
    for _ in range(3 * 24):
        calendar.advance(3600)
    seen = calendar.invocations()
    assert [call["at"] for call in seen] == nine == [28800, 111600, 198000]
    assert [(call["schedule"], call["target"], call["input"]) for call in seen] == [("nine", LAMBDA["Arn"], {"a": 1})] * 3
    scheduler.update_schedule(Name="nine", ScheduleExpression="rate(12 hours)", **zone)
    calendar.advance(12 * 3600)
    assert [call["at"] for call in calendar.invocations()][3:] == [calendar.now - 12 * 3600, calendar.now]


def test_a_rule_calls_an_address_with_its_connection(calendar: Simulator) -> None:
    events = client(calendar, "events")
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "x", "ApiKeyValue": "s"}}
    made = events.create_connection(Name="c", AuthorizationType="API_KEY", AuthParameters=key)
    assert made["ConnectionState"] == "AUTHORIZING"
    calendar.advance(5)
    shown = events.describe_connection(Name="c")
    assert (shown["ConnectionState"], shown["AuthParameters"]) == ("AUTHORIZED", {"ApiKeyAuthParameters": {"ApiKeyName": "x"}})
    with pytest.raises(events.exceptions.ResourceAlreadyExistsException):
        events.create_connection(Name="c", AuthorizationType="API_KEY", AuthParameters=key)
    address = {"InvocationEndpoint": "https://a.example", "HttpMethod": "PUT"}
    with pytest.raises(events.exceptions.ResourceNotFoundException):
        events.create_api_destination(Name="d", ConnectionArn=made["ConnectionArn"] + "x", **address)
    destination = events.create_api_destination(Name="d", ConnectionArn=made["ConnectionArn"], **address)["ApiDestinationArn"]
    events.put_rule(Name="r", ScheduleExpression="rate(1 minute)")
    with pytest.raises(events.exceptions.ClientError):
        events.put_rule(Name="s", ScheduleExpression="at(2030-01-01T00:00:00)")
    put = events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": destination, "RoleArn": LAMBDA["RoleArn"], "Input": "{}"}])
    assert put["FailedEntryCount"] == 0
    calendar.advance(130)
    assert [(call["at"], call["http"]["method"], call["http"]["url"]) for call in calendar.invocations()] == [
        (65, "PUT", "https://a.example"), (125, "PUT", "https://a.example")]
    with pytest.raises(events.exceptions.ClientError):
        events.delete_rule(Name="r")
    events.remove_targets(Rule="r", Ids=["1"])
    events.delete_rule(Name="r")
    with pytest.raises(events.exceptions.ResourceNotFoundException):
        events.describe_rule(Name="r")


def test_tasks_follow_the_load(simulator: Simulator, ecs: Any) -> None:
    scaling = boto3.client("application-autoscaling", endpoint_url=simulator.endpoint, region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
    of: Any = {"ServiceNamespace": "ecs", "ResourceId": "service/prod/api", "ScalableDimension": "ecs:service:DesiredCount"}
    with pytest.raises(scaling.exceptions.ObjectNotFoundException):
        scaling.deregister_scalable_target(**of)
    scaling.register_scalable_target(**of, MinCapacity=2, MaxCapacity=6)
    tracking: Any = {"TargetValue": 50.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}
    put = scaling.put_scaling_policy(**of, PolicyName="api-cpu", PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration=tracking)
    assert [alarm["AlarmName"].split("-")[2] for alarm in put["Alarms"]] == ["AlarmHigh", "AlarmLow"]
    action: Any = {"ScheduledActionName": "once", "Schedule": "at(2100-01-01T00:00:00)", "ScalableTargetAction": {"MinCapacity": 3}}
    scaling.put_scheduled_action(**of, **action)
    assert isinstance(scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"][0]["CreationTime"], datetime.datetime)

    def running() -> int:
        service = ecs.describe_services(cluster="prod", services=["api"])["services"][0]
        assert service["runningCount"] == service["desiredCount"]
        return int(service["runningCount"])

    # In all 240 percent of a task: 120 percent each of two, 48 percent each of five.
    simulator.add({"load": {"api": 240}})
    simulator.advance(300)
    assert running() == 5
    simulator.add({"load": {"prod/api": [{"cpu": 10}]}})
    simulator.advance(1800)
    assert running() == 2
    activities = scaling.describe_scaling_activities(**of)["ScalingActivities"]
    assert [activity["Description"] for activity in activities] == ["Setting desired count to 2.", "Setting desired count to 5."]
    assert scaling.describe_scaling_policies(**of)["ScalingPolicies"][0]["PolicyARN"] == put["PolicyARN"]
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"][0]["MaxCapacity"] == 6


def test_target_groups_name_their_load_balancer(simulator: Simulator) -> None:
    group = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/0a"
    balancers = [{"targetGroupArn": group, "containerName": "api", "containerPort": 80}]
    simulator.add({"services": [{"serviceName": "web", "cluster": "prod", "taskDefinition": "api:1", "desiredCount": 1, "loadBalancers": balancers}]})
    elb = boto3.client("elbv2", endpoint_url=simulator.endpoint, region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
    [found] = elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert (found["TargetGroupName"], found["Port"], found["HealthCheckEnabled"]) == ("web", 80, True)
    assert found["LoadBalancerArns"] == ["arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/0a"]
    with pytest.raises(elb.exceptions.TargetGroupNotFoundException):
        elb.describe_target_groups(TargetGroupArns=["nope"])


def test_a_service_is_created_tagged_and_deleted(simulator: Simulator, ecs: Any) -> None:
    settings: Any = {"cluster": "prod", "serviceName": "web", "taskDefinition": "api:1", "desiredCount": 1, "propagateTags": "SERVICE", "clientToken": "t"}
    created = ecs.create_service(**settings, tags=[{"key": "a", "value": "1"}])["service"]
    assert ecs.create_service(**settings)["service"]["serviceArn"] == created["serviceArn"], "one token, one service"
    with pytest.raises(ecs.exceptions.InvalidParameterException, match="not idempotent"):
        ecs.create_service(**{**settings, "clientToken": "u"})
    ecs.tag_resource(resourceArn=created["serviceArn"], tags=[{"key": "b", "value": "2"}])
    ecs.untag_resource(resourceArn=created["serviceArn"], tagKeys=["a"])
    assert ecs.list_tags_for_resource(resourceArn=created["serviceArn"])["tags"] == [{"key": "b", "value": "2"}]
    assert created["propagateTags"] == "SERVICE"
    ecs.delete_service(cluster="prod", service="web", force=True)
    simulator.advance(60)
    assert ecs.describe_services(cluster="prod", services=["web"])["services"][0]["status"] == "INACTIVE"


def test_a_task_of_no_service_runs_and_is_stopped() -> None:
    behaviour = {"registry.example/api:*": {"commands": {"node migrate.js": {"exit": {"code": 0, "after": 5}}}}}
    with Simulator(world(images=behaviour)) as simulator:
        ecs = boto3.client("ecs", endpoint_url=simulator.endpoint, region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")
        order: Any = {"cluster": "prod", "taskDefinition": "api", "count": 2, "startedBy": "ci/7", "clientToken": "t", "tags": [{"key": "k", "value": "v"}],
            "overrides": {"containerOverrides": [{"name": "api", "command": ["node", "migrate.js"], "environment": [{"name": "A", "value": "1"}]}]}}
        answer = ecs.run_task(**order)
        assert (len(answer["tasks"]), answer["failures"]) == (2, [])
        task = answer["tasks"][0]
        assert (task["lastStatus"], task["group"], task["launchType"]) == ("PROVISIONING", "family:api", "EC2")
        assert isinstance(task["createdAt"], datetime.datetime)
        assert [one["taskArn"] for one in ecs.run_task(**order)["tasks"]] == [one["taskArn"] for one in answer["tasks"]]
        with pytest.raises(ecs.exceptions.ConflictException) as conflict:
            ecs.run_task(**{**order, "count": 1})
        assert len(conflict.value.response["resourceIds"]) == 2
        assert sorted(ecs.list_tasks(cluster="prod", startedBy="ci/7")["taskArns"]) == sorted(one["taskArn"] for one in answer["tasks"])
        simulator.advance(3)
        stopped = ecs.stop_task(cluster="prod", task=answer["tasks"][1]["taskArn"], reason="enough")["task"]
        assert (stopped["desiredStatus"], stopped["stopCode"], stopped["stoppedReason"]) == ("STOPPED", "UserInitiated", "enough")
        simulator.advance(30)
        ecs.get_waiter("tasks_stopped").wait(cluster="prod", tasks=[task["taskArn"]], WaiterConfig={"Delay": 0, "MaxAttempts": 1})
        ended = ecs.describe_tasks(cluster="prod", tasks=[task["taskArn"]], include=["TAGS"])["tasks"][0]
        assert (ended["stopCode"], ended["containers"][0]["exitCode"], ended["tags"]) == ("EssentialContainerExited", 0, order["tags"])
