"""What the environment decides: region, endpoints, credentials, proxies. Each deploys in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from ecs_rollout.testing import Simulator
from worlds import KEYS, world


def deploy_in(environment: dict[str, str], options: str = "") -> tuple[str, str]:
    """Deploys in a process of its own with the environment given, and nothing else."""
    script = (
        "import ecs_rollout\n"
        f"try: ecs_rollout.Client({options}).deploy(service='api', cluster='prod', images={{'api': ':1'}}).outcome(); print('done'); print()\n"
        "except ecs_rollout.Error as error: print(error.code); print(error)"
    )
    code, text = run_in(environment, script)
    return code, text


def run_in(environment: dict[str, str], script: str) -> list[str]:
    path = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    done = subprocess.run([sys.executable, "-c", script], env={**path, "HOME": "/nowhere", **environment}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_environment_is_used() -> None:
    with Simulator(world()) as simulator:
        environment = {"AWS_ENDPOINT_URL": simulator.endpoint, "AWS_REGION": "eu-central-1", **KEYS}
        assert deploy_in(environment)[0] == "done"
        # These two make the SDK panic when they are left to it.
        assert deploy_in({**environment, "AWS_RETRY_MODE": "legacy", "AWS_MAX_ATTEMPTS": "0"})[0] == "done"
        # The option wins, and no region is needed for a server of one's own.
        assert deploy_in(KEYS, f"endpoint={simulator.endpoint!r}")[0] == "done"


def test_what_is_empty_in_the_environment_is_as_if_unset() -> None:
    with Simulator(world()) as simulator:
        environment = {"AWS_ENDPOINT_URL": simulator.endpoint, "AWS_REGION": "eu-central-1", **KEYS}
        # The SDK panics on some of these when they are left to it.
        for empty in ("AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL_ECR", "AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTPS_PROXY"):
            assert deploy_in({**environment, empty: ""}) == ("done", ""), empty
        assert deploy_in({**environment, "AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-1"}) == ("done", "")
        own = {"AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_ECS": simulator.endpoint, "AWS_ENDPOINT_URL_ECR": simulator.endpoint}
        assert deploy_in({**environment, **own})[0] == "done"
    assert deploy_in({"AWS_ENDPOINT_URL": "", "HTTPS_PROXY": "http://127.0.0.1:9", "AWS_REGION": "eu-west-1", **KEYS})[0] == "network"


@pytest.mark.parametrize(
    ("environment", "code", "says"),
    [
        ({"AWS_REGION": "eu-central-1 "}, "invalid", "AWS_REGION: \"eu-central-1 \" is no region: write eu-central-1"),
        ({"AWS_REGION": "us_east_1"}, "invalid", "AWS_REGION: \"us_east_1\" is no region: write us-east-1"),
        ({"AWS_REGION": "undefined"}, "invalid", "AWS_REGION: \"undefined\" is no region: is the variable"),
        ({"AWS_REGION": "", "AWS_EC2_METADATA_DISABLED": "true"}, "invalid", "AWS_REGION is empty"),
        ({"AWS_ENDPOINT_URL": "localhost:4566"}, "invalid", "AWS_ENDPOINT_URL: \"localhost:4566\" is no URL: write http://host:port"),
        ({"AWS_ENDPOINT_URL_LOGS": "x", "AWS_ENDPOINT_URL_ECS": "http://u:hunter2@x"}, "invalid", "AWS_ENDPOINT_URL_ECS: "),
        ({"AWS_ACCESS_KEY_ID": "key\n"}, "credentials", "AWS_ACCESS_KEY_ID has white space"),
        ({"AWS_SECRET_ACCESS_KEY": "hunter2 "}, "credentials", "AWS_SECRET_ACCESS_KEY has white space"),
        ({"HTTPS_PROXY": "http://u:hunter2@127.0.0.1:9"}, "network", "the proxy http://127.0.0.1:9 of HTTPS_PROXY"),
        ({"HTTPS_PROXY": "http://u:hunter2@no host"}, "invalid", "HTTPS_PROXY: "),
    ],
)
def test_a_mistake_in_the_environment_is_told_by_its_variable(environment: dict[str, str], code: str, says: str) -> None:
    found, text = deploy_in({"AWS_REGION": "eu-central-1", **KEYS, **environment})
    assert (found, says in text, "hunter2" in text) == (code, True, False), text


def test_credentials_that_are_not_to_be_had_are_told_by_what_names_them(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[default]\nregion = eu-west-1\n[prod]\nregion = eu-west-1\n")
    with Simulator(world()) as simulator:
        place = {"AWS_ENDPOINT_URL": simulator.endpoint, "AWS_REGION": "eu-central-1", "AWS_EC2_METADATA_DISABLED": "true"}
        config = {"AWS_CONFIG_FILE": str(tmp_path / "config")}
        role = "role='arn:aws:iam::123456789012:role/deploy'"
        for environment, options, says in (
            ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/no/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/x"}, "", "AWS_WEB_IDENTITY_TOKEN_FILE is \"/no/token\""),
            ({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/creds"}, "", "http://127.0.0.1:9/creds, which AWS_CONTAINER_CREDENTIALS_FULL_URI"),
            ({"GITHUB_ACTIONS": "true"}, role, "`permissions: id-token: write`"),
            ({**config, "AWS_PROFILE": "prod"}, "", f"{tmp_path / 'config'} has the section [prod], which must be [profile prod]"),
        ):
            code, text = deploy_in({**place, **environment}, options)
            assert (code, says in text) == ("credentials", True), text


class Tokens(BaseHTTPRequestHandler):
    """STS, which knows one role."""

    asked: list[str] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.asked.append(f"{self.headers['authorization'].split('/')[2]} {body.split('&')[0]}")
        answer = (
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>role</AccessKeyId><SecretAccessKey>b</SecretAccessKey>"
            "<SessionToken>c</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
        ).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None: ...


def test_a_profile_may_be_a_role(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(
        "[profile prod]\nrole_arn = arn:aws:iam::123456789012:role/deploy\nsource_profile = base\nregion = eu-north-1\n"
        "[profile base]\naws_access_key_id = a\naws_secret_access_key = b\n"
    )
    server = HTTPServer(("127.0.0.1", 0), Tokens)
    Thread(target=server.serve_forever, daemon=True).start()
    with Simulator(world()) as simulator:
        sts = f"http://127.0.0.1:{server.server_port}"
        environment = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_ENDPOINT_URL": simulator.endpoint, "AWS_ENDPOINT_URL_STS": sts}
        for options, region in (("profile='prod'", "eu-north-1"), ("profile='prod', region='eu-central-1'", "eu-central-1")):
            assert deploy_in({**environment, **KEYS}, options) == ("done", "")
            assert Tokens.asked.pop() == f"{region} Action=AssumeRole"
    server.shutdown()
    server.server_close()


def test_a_proxy_of_the_environment_is_used_but_not_for_this_machine() -> None:
    nowhere = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", **KEYS}
    with Simulator(world()) as simulator:
        assert deploy_in({**nowhere, "AWS_REGION": "x"}, f"endpoint={simulator.endpoint!r}") == ("done", "")
    code, text = deploy_in(nowhere, "region='eu-central-1'")
    assert (code, "refused" in text) == ("network", True), text


def test_with_a_stand_in_for_aws_in_the_environment_no_registry_is_asked() -> None:
    image = "public.ecr.aws/docker/library/api:1"
    definitions = [{"family": "api", "containerDefinitions": [{"name": "api", "image": image, "memory": 64}]}]
    with Simulator(world(definitions=definitions)) as simulator:
        environment = {"AWS_ENDPOINT_URL": simulator.endpoint, "AWS_REGION": "eu-central-1", "HTTPS_PROXY": "http://127.0.0.1:9", **KEYS}
        script = (
            "import ecs_rollout\n"
            "rollout = ecs_rollout.deploy(service='api', cluster='prod', images={'api': ':1'})\n"
            "print([event['code'] for event in rollout if event['type'] == 'warning'])\n"
            f"try: ecs_rollout.resolve({image!r})\n"
            "except ecs_rollout.Error as error: print(error.code)\n"
        )
        assert run_in(environment, script) == ["['tag']", "unsupported"]


def test_missing_credentials_are_told_with_the_places_looked_at() -> None:
    with Simulator(world()) as simulator:
        environment = {"AWS_ENDPOINT_URL": simulator.endpoint, "AWS_REGION": "x", "AWS_EC2_METADATA_DISABLED": "true"}
        code, text = deploy_in(environment)
        assert code == "credentials"
        for place in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "container"):
            assert place in text
        assert simulator.calls() == []


def test_an_endpoint_that_is_not_there_is_told_by_its_name() -> None:
    code, text = deploy_in(KEYS, "endpoint='http://127.0.0.1:9', region='eu-central-1'")
    assert (code, "http://127.0.0.1:9" in text) == ("network", True)
    assert "hunter2" not in text


def test_a_missing_region_is_told_with_what_to_do() -> None:
    code, text = deploy_in(KEYS | {"AWS_EC2_METADATA_DISABLED": "true"})
    assert (code, "AWS_REGION" in text) == ("invalid", True)
