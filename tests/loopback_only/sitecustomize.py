"""Closes the network but for loopback, in the tests' process and, through PYTHONPATH, in every process they start."""

import socket
from typing import Any


class NetworkClosed(RuntimeError):
    """Raised where something reaches for another machine."""


def _is_local(host: object) -> bool:
    return host is None or str(host) in ("", "localhost", "0.0.0.0", "::", "::1") or str(host).startswith("127.")


def close_network() -> None:
    """From here on only loopback and Unix sockets connect or resolve. Repeating it changes nothing."""
    if getattr(socket, "loopback_only", False):
        return
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_local(address[0]):
            raise NetworkClosed(f"the tests' network is closed: connect to {address[0]}")
        connect(self, address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_local(host.decode() if isinstance(host, bytes) else host):
            raise NetworkClosed(f"the tests' network is closed: look-up of {host}")
        return resolve(host, *args, **kwargs)

    socket.socket.connect = guarded_connect
    socket.getaddrinfo = guarded_resolve
    socket.loopback_only = True


close_network()
