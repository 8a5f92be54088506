"""A TCP proxy that makes a network bad: half-open connections, resets, slow and sliced delivery."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Proxy:
    """Forwards connections from ``port`` to another port on loopback."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._flowing = threading.Event()
        self._flowing.set()
        self._slice_bytes = 65_536
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.connections = 0
        self._run(self._accept)

    def stall(self) -> None:
        """From now on nothing passes on the connections that there are, and none is closed: they are half open."""
        self._flowing.clear()
        self._flowing = threading.Event()
        self._flowing.set()

    def reset(self) -> None:
        """Break every connection with a RST, as a router that forgot its table does."""
        for one in self._sockets:
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.shutdown(socket.SHUT_RDWR)

    def slice(self, size: int) -> None:
        """Pass on at most ``size`` bytes at a time."""
        self._slice_bytes = size

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread in accept
        self._listener.close()
        self._flowing.clear()
        self.reset()
        for thread in self._threads:
            thread.join(5)
        for one in self._sockets:
            one.close()

    def _run(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target_port))
            except OSError:
                near.close()  # nobody is at home behind us
                continue
            self.connections += 1
            self._sockets += [near, far]
            for source, sink in ((near, far), (far, near)):
                self._run(self._pump, source, sink, self._flowing)

    def _pump(self, source: socket.socket, sink: socket.socket, flowing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65_536):
                for start in range(0, len(chunk), self._slice_bytes):
                    if not flowing.is_set():
                        return
                    sink.sendall(chunk[start : start + self._slice_bytes])
        if flowing.is_set():
            for one in (source, sink):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()


@contextmanager
def proxied(target_port: int) -> Iterator[Proxy]:
    """A proxy in front of a port."""
    proxy = Proxy(target_port)
    try:
        yield proxy
    finally:
        proxy.close()
