"""Runs one `coldchain` command as a supervised child that ends with its parent, however the parent ends."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(parent_pid: int) -> None:
    """Ask the kernel (Linux, prctl(2)) to terminate this process when its parent is gone, kill -9 included."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent_pid:
        sys.exit(0)


def run() -> None:
    """`python -m services.child PARENT_PID COMMAND...`."""
    end_with_parent(int(sys.argv[1]))
    sys.argv = ["coldchain", *sys.argv[2:]]
    from services.cli import main  # noqa: PLC0415  # only after the parent's end is watched

    main()


if __name__ == "__main__":
    run()
