"""Pushing, against a registry of a few lines: what it is sent is what it keeps."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import ecs_rollout
import pytest


class Registry(BaseHTTPRequestHandler):
    kept: dict[str, bytes]

    def say(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def do_HEAD(self) -> None:
        self.say(200 if self.path in self.kept else 404)

    def do_POST(self) -> None:
        self.say(202, location=self.path + "1")

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        name = self.path.replace("uploads/1?digest=", "").replace("%3A", ":")
        self.kept[name] = body
        self.say(201)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def registry() -> Iterator[ThreadingHTTPServer]:
    handler = type("Fresh", (Registry,), {"kept": {}})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def layout(folder: Path) -> str:
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def put(media: str, content: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(content).hexdigest()
        (blobs / digest).write_bytes(content)
        return {"mediaType": media, "digest": f"sha256:{digest}", "size": len(content)}

    config = put("application/vnd.oci.image.config.v1+json", b'{"os": "linux", "architecture": "amd64"}')
    layers = [put("application/vnd.oci.image.layer.v1.tar", b"layer")]
    image = {"schemaVersion": 2, "config": config, "layers": layers}
    root = put("application/vnd.oci.image.manifest.v1+json", json.dumps(image).encode())
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [root]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return str(root["digest"])


def test_an_image_is_pushed(registry: ThreadingHTTPServer, tmp_path: Path) -> None:
    digest = layout(tmp_path)
    host = f"127.0.0.1:{registry.server_port}"
    push = ecs_rollout.Client().push(image=f"{host}/app:v1", path=str(tmp_path))
    events = list(push)
    pushed = push.outcome()
    assert events[-1] == {"type": "pushing", "sent": pushed["sent"], "skipped": 0, "total": pushed["sent"]}
    assert (pushed["digest"], pushed["image"]) == (digest, f"{host}/app@{digest}")
    kept = registry.RequestHandlerClass.kept  # type: ignore[attr-defined]
    assert len(kept) == 3 and list(kept)[-1] == "/v2/app/manifests/v1"

    async def again() -> None:
        push = ecs_rollout.push(image=f"{host}/app:v2", path=tmp_path)  # type: ignore[arg-type]
        assert [event["type"] async for event in push][-1] == "pushing"
        assert (await push)["sent"] == 0

    asyncio.run(again())


def test_what_is_no_image_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ecs_rollout.InvalidError, match="no index.json"):
        ecs_rollout.push(image="r.example/app:v1", path=str(tmp_path)).outcome()
    with pytest.raises(ecs_rollout.InvalidError, match='did you mean "path"'):
        ecs_rollout.push(image="r.example/app:v1", pth="x")  # type: ignore[call-arg]
    with pytest.raises(ecs_rollout.InvalidError, match="nothing would come of it"):
        ecs_rollout.build(context=str(tmp_path)).outcome()


def test_a_registry_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    layout(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        image = f"127.0.0.1:{silent.getsockname()[1]}/app:v1"
        client = ecs_rollout.Client()
        for ask in (
            lambda: client.resolve(image, timeout=0.2),
            lambda: client.exists(image, timeout=0.2),
            lambda: client.push(path=str(tmp_path), image=image, timeout=0.2).outcome(),
        ):
            with pytest.raises(ecs_rollout.TimedOutError, match="did not end within 0.2 s"):
                ask()
        with pytest.raises(ecs_rollout.InvalidError, match="timeout"):
            client.resolve(image, timeout=0)
