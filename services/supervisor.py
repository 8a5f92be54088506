"""Runs the processes of an installation on one box: starts, restarts, and stops them all."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.errors import Unavailable

RESTART_AFTER_S = (0.2, 1.0, 3.0, 10.0)
"""Back-off between restarts of a process that keeps ending; the last value stays."""

STEADY_AFTER_S = 30.0
"""A process that ran this long starts over with the shortest back-off."""

STOP_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Service:
    """One process: the `coldchain` command that it runs, and the file that it writes when it is ready, if any."""

    command: str
    ready_file: str | None = None


SERVICES = (
    Service("broker", "broker.json"),
    Service("ingest"),
    Service("freshness"),
    Service("planner"),
    Service("outbox"),
    Service("api", "api.json"),
)


@dataclass(slots=True)
class _Running:
    service: Service
    process: subprocess.Popen[bytes]
    started_at_s: float
    failures: int = 0
    restart_at_s: float | None = None
    restarts: int = field(default=0)


class Supervisor:
    """Owns a set of child processes; use as a context manager, so that none is left behind.

    ``environment`` is what the children see. Output goes to ``<data_dir>/logs/<command>.log``, or to this process's
    own standard error where ``log_dir`` is None. Children end with this process even when it is killed.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        services: Sequence[Service] = SERVICES,
        environment: Mapping[str, str] | None = None,
        log_dir: Path | None = None,
        on_restart: Callable[[str, int], None] | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.services = tuple(services)
        self.environment = {**(os.environ if environment is None else environment), "COLDCHAIN_DATA_DIR": str(data_dir)}
        self.log_dir = log_dir
        self.on_restart = on_restart
        self._running: dict[str, _Running] = {}
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._keep_running, name="supervisor", daemon=True)
        self._lock = threading.Lock()

    def __enter__(self) -> "Supervisor":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, ready_within_s: float = 60.0) -> None:
        """Start all in order, awaiting each one's ready file. Raises Unavailable with the end of the log.

        Call it from a thread that outlives the children: the kernel ends them with the thread that started them.
        """
        try:
            for service in self.services:
                self._forget_ready(service)
                self._running[service.command] = self._launch(service)
                self._await_ready(service, ready_within_s)
        except BaseException:
            self.stop()
            raise
        self._watch.start()

    def stop(self) -> None:
        """Terminate all, last started first, and kill what does not end in time."""
        self._stopping.set()
        with self._lock:
            for running in reversed(self._running.values()):
                if running.process.poll() is None:
                    running.process.terminate()
                try:
                    running.process.wait(STOP_WITHIN_S)
                except subprocess.TimeoutExpired:
                    running.process.kill()
                    running.process.wait()
        if self._watch.is_alive():
            self._watch.join()

    def wait(self) -> None:
        """Block until `stop` is called from elsewhere."""
        self._stopping.wait()

    def pid(self, command: str) -> int:
        """The process id that runs ``command`` now; for health pages and fault tests."""
        return self._running[command].process.pid

    def restarts(self, command: str) -> int:
        """How often ``command`` had to be started again."""
        return self._running[command].restarts

    def _launch(self, service: Service) -> _Running:
        # a session of its own: Ctrl-C in the terminal reaches the supervisor alone, which ends the others in order
        arguments = [sys.executable, "-m", "services.child", str(os.getpid()), service.command]
        if self.log_dir is None:
            process = subprocess.Popen(
                arguments, env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True
            )
        else:
            self.log_dir.mkdir(parents=True, exist_ok=True)
            with (self.log_dir / f"{service.command}.log").open("ab") as log:
                process = subprocess.Popen(
                    arguments,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        return _Running(service, process, time.monotonic())

    def _forget_ready(self, service: Service) -> None:
        if service.ready_file:
            (self.data_dir / service.ready_file).unlink(missing_ok=True)

    def _await_ready(self, service: Service, within_s: float) -> None:
        if not service.ready_file:
            return
        process = self._running[service.command].process
        deadline_s = time.monotonic() + within_s
        while not (self.data_dir / service.ready_file).exists():
            if process.poll() is not None:
                raise Unavailable(
                    f"`coldchain {service.command}` ended with exit code {process.returncode}.{self._log_end(service)}"
                )
            if time.monotonic() > deadline_s:
                raise Unavailable(
                    f"`coldchain {service.command}` was not ready in {within_s:g} s.{self._log_end(service)}"
                )
            self._stopping.wait(0.05)

    def _log_end(self, service: Service) -> str:
        if self.log_dir is None:
            return ""
        log = self.log_dir / f"{service.command}.log"
        return " Its log ends:\n" + "\n".join(log.read_text(errors="replace").splitlines()[-8:])

    def _keep_running(self) -> None:
        while not self._stopping.wait(0.1):
            with self._lock:
                for command, running in self._running.items():
                    if not self._stopping.is_set() and running.process.poll() is not None:
                        self._running[command] = self._restarted(running)

    def _restarted(self, ended: _Running) -> _Running:
        now_s = time.monotonic()
        if ended.restart_at_s is None:
            if now_s - ended.started_at_s > STEADY_AFTER_S:
                ended.failures = 0
            ended.restart_at_s = now_s + RESTART_AFTER_S[min(ended.failures, len(RESTART_AFTER_S) - 1)]
        if now_s < ended.restart_at_s:
            return ended
        if self.on_restart:
            self.on_restart(ended.service.command, ended.process.returncode)
        fresh = self._launch(ended.service)
        fresh.failures, fresh.restarts = ended.failures + 1, ended.restarts + 1
        return fresh
