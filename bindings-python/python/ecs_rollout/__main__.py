"""The program `ecs-rollout`: the command line of the library, as `ecs-rollout` and `python -m ecs_rollout`."""

from __future__ import annotations

import signal
import sys

from . import _native


def main() -> int:
    """Runs the program with the arguments of this process, and returns its exit code."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Ctrl-C is the program's own. Python would raise KeyboardInterrupt as well, after the program has ended.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.command_line(["ecs-rollout", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
