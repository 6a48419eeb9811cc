"""The guide's IAM actions are operations of AWS, by the models of botocore."""

import re
from pathlib import Path

import botocore.session
import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "iam.md").read_text()
LISTS = re.findall(r"<!-- permissions: .*?<!-- end of permissions -->", PAGE, re.DOTALL)
ACTIONS = sorted({action for text in LISTS for action in re.findall(r"`([a-z-]+:[A-Z]\w+)`", text)})

# The names of services in policies, where botocore has another.
SERVICES = {"elasticfilesystem": "efs", "elasticloadbalancing": "elbv2"}
# Permissions that belong to no operation.
WITHOUT_OPERATION = {"iam:PassRole", "sts:GetServiceBearerToken"}


def test_there_are_actions() -> None:
    assert len(ACTIONS) > 50
    assert {"ecs:TagResource", "codedeploy:CreateDeployment", "iam:PassRole"} <= set(ACTIONS)


@pytest.mark.parametrize("action", [action for action in ACTIONS if action not in WITHOUT_OPERATION])
def test_an_action_is_an_operation(action: str) -> None:
    service, operation = action.split(":")
    model = botocore.session.get_session().get_service_model(SERVICES.get(service, service))
    assert operation in model.operation_names, f"{action} is no operation of {service}"
