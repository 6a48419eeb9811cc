"""Files that somebody names: no path makes a process hang, nor eat the machine's memory."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ecs_rollout
import pytest

READERS: list[tuple[str, Callable[[Path], Any]]] = [("TaskDefinition.load", ecs_rollout.TaskDefinition.load), ("dotenv", ecs_rollout.dotenv)]
TEXTS = {"TaskDefinition.load": '{"containerDefinitions": [{"name": "a"}]}', "dotenv": "A=1\n"}


@pytest.fixture(params=READERS, ids=[name for name, _ in READERS])
def reader(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_what_is_no_file_is_refused(reader: Any, tmp_path: Path) -> None:
    _name, read = reader
    large = tmp_path / "large"
    with large.open("wb") as file:
        # With holes: it takes no room.
        file.truncate(1 << 40)
    for path, text in [(Path("/dev/zero"), "a device"), (tmp_path, "a folder"), (large, "larger than 8 MiB")]:
        with pytest.raises(ecs_rollout.InvalidError, match=text):
            read(path)


def test_a_pipe_is_read_while_other_threads_go_on(reader: Any, tmp_path: Path) -> None:
    name, read = reader
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # Opening it waits for the reader: were the GIL held, neither would ever go on.
    writing = threading.Thread(target=lambda: pipe.write_text(TEXTS[name]))
    writing.start()
    found = read(pipe)
    writing.join()
    assert (found.to_dict() if name == "TaskDefinition.load" else found) in [{"containerDefinitions": [{"name": "a"}]}, {"A": "1"}]


@pytest.mark.parametrize("path", ["/dev/stdin", "/dev/fd/0"])
def test_standard_input_is_read(reader: Any, path: str) -> None:
    name, _ = reader
    script = f"import ecs_rollout; print(ecs_rollout.{name}({path!r}))"
    done = subprocess.run([sys.executable, "-c", script], input=TEXTS[name], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    empty = subprocess.run([sys.executable, "-c", "import ecs_rollout; print(ecs_rollout.dotenv('/dev/null'))"], capture_output=True, text=True, timeout=60)
    assert empty.stdout == "{}\n", empty.stderr


WAIT = """
import signal
import ecs_rollout
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    print("waiting", flush=True)
    ecs_rollout.{name}({path!r})
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_ctrl_c_ends_the_wait_for_a_pipe(reader: Any, tmp_path: Path) -> None:
    name, _ = reader
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    script = WAIT.format(name=name, path=str(pipe))
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "waiting\n"
            for _ in range(10):
                process.send_signal(signal.SIGINT)
                try:
                    told, _errors = process.communicate(timeout=2)
                    break
                except subprocess.TimeoutExpired:
                    continue
            assert (told, process.returncode) == ("interrupted\n", 0)
        finally:
            process.kill()


BOMBS = {
    "aliases of a long text": "a: &a " + "x" * 100_000 + "\nb: [" + "*a, " * 20_000 + "]\ncontainerDefinitions: [{name: a}]\n",
    "aliases of aliases": "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)),
    "anchors in anchors": "".join(f"&n{n} [" for n in range(90)) + "x" * 1_000_000 + "]" * 90,
    "containers": '{"containerDefinitions": [' + "{}," * 2_000_000 + "{}]}",
    "values": '{"containerDefinitions": [{}], "a": [' + '{"a":0},' * 900_000 + "0]}",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_short_text_does_not_become_a_huge_document(name: str) -> None:
    with pytest.raises(ecs_rollout.InvalidError):
        ecs_rollout.TaskDefinition(BOMBS[name])
    # In KiB: of the process, at its highest.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_000_000
