"""AWS is called with TLS, and a certificate that the machine does not trust is refused."""

import http.server
import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

CALL = """
import sys, ecs_rollout
client = ecs_rollout.Client(endpoint=sys.argv[1], region="eu-central-1")
try:
    client.watch(cluster="prod", service="api", timeout=5).outcome()
except ecs_rollout.Error as error:
    print(error.code, error)
"""


class Denying(http.server.BaseHTTPRequestHandler):
    """Refuses every call as AWS does."""

    def do_POST(self) -> None:
        body = json.dumps({"__type": "AccessDeniedException", "message": "not for you"}).encode()
        self.send_response(400)
        self.send_header("content-type", "application/x-amz-json-1.1")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Denying)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def call(server: str, certificates: Path) -> str:
    environment = {
        "PATH": "",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "SSL_CERT_FILE": str(certificates),
    }
    ended = subprocess.run([sys.executable, "-c", CALL, server], env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_certificates_of_the_machine_are_trusted(server: str, authority: trustme.CA, tmp_path: Path) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    answer = call(server, tmp_path / "ca.pem")
    assert answer.startswith("denied "), answer


def test_a_certificate_of_somebody_else_is_refused(server: str, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    answer = call(server, tmp_path / "other.pem")
    assert "certificate" in answer, answer
    assert not answer.startswith("denied "), answer


def test_certificates_that_cannot_be_read_are_named(server: str, tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("")
    answer = call(server, tmp_path / "none.pem")
    assert "this machine has no certificates to trust: install" in answer, answer
