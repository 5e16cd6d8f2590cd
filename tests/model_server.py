"""A small OpenAI-compatible server of the tests' own, on loopback: real HTTP, scripted replies, requests recorded.

It also answers at Ollama's path in Ollama's shape. A script's last reply is given again to all who ask later.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Served:
    """One HTTP reply. `content` is what the model says; `body` stands instead of the whole completion."""

    content: str | None = None
    body: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    finish_reason: str = "stop"
    delay: float = 0.0
    hang_up: bool = False
    echo_key: bool = False


@dataclass(frozen=True)
class Recorded:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """All that was said to the model, joined."""
        return "\n".join(str(message["content"]) for message in self.body.get("messages", ()))


Script = Iterable[Served] | Callable[[Recorded], Served]


def says(content: object, finish_reason: str = "stop") -> Served:
    """A completion: the text itself, or a value as JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    return Served(content=text, finish_reason=finish_reason)


def fails(status: int, message: str = "no luck", **headers: str) -> Served:
    """An error in OpenAI's shape."""
    body = json.dumps({"error": {"message": message, "type": "error", "param": None, "code": None}})
    return Served(status=status, body=body, headers=headers)


def refuses_key() -> Served:
    """A 401 whose body repeats the key that was sent, as careless servers do."""
    return Served(status=401, echo_key=True)


def dawdles(seconds: float) -> Served:
    return Served(content="{}", delay=seconds)


HANGS_UP = Served(hang_up=True)
NO_CHOICES = Served(body=json.dumps({"id": "c1", "object": "chat.completion", "model": "m"}))
EMPTY_CHOICES = Served(body=json.dumps({"id": "c1", "object": "chat.completion", "model": "m", "choices": []}))
NO_JSON = Served(body="<html>502 from some gateway</html>")


class ModelServer:
    """Used as a context. `url` is what OPENAI_API_BASE takes; `root` what OLLAMA_API_BASE takes."""

    def __init__(self, script: Script = ()) -> None:
        self.requests: list[Recorded] = []
        self.play(script)
        self._leaving = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def play(self, script: Script) -> None:
        """From here on these replies, in order."""
        self._compose = script if callable(script) else _in_order(tuple(script))

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    def serve(self, request: Recorded) -> Served:
        self.requests.append(request)
        served = self._compose(request)
        if served.delay:
            self._leaving.wait(served.delay)
        return served

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _in_order(replies: tuple[Served, ...]) -> Callable[[Recorded], Served]:
    left = list(replies)

    def next_reply(_request: Recorded) -> Served:
        if not left:
            return fails(500, "the test scripted no reply")
        return left.pop(0) if len(left) > 1 else left[0]

    return next_reply


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # With Nagle's algorithm on, each reply waits 40 ms for the client's delayed acknowledgement.
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length) or b"{}")
            served = server.serve(Recorded(path=self.path, headers=dict(self.headers), body=body))
            if served.hang_up:
                self.close_connection = True
                return
            self._send(served, self._text(served, body))

        def _text(self, served: Served, body: dict[str, Any]) -> str:
            if served.echo_key:
                return json.dumps({"error": {"message": f"Incorrect key: {self.headers.get('Authorization')}"}})
            if served.body is not None:
                return served.body
            shape = _ollama if self.path.startswith("/api/") else _openai
            return json.dumps(shape(served, str(body.get("model", "m"))))

        def _send(self, served: Served, text: str) -> None:
            payload = text.encode()
            try:
                self.send_response(served.status)
                for name, value in served.headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)
            except (BrokenPipeError, ConnectionResetError):
                # Whoever asked gave up waiting, as the test of time-outs means to.
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Silence: the tests look at `requests`."""

    return Handler


def _openai(served: Served, model: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": served.content},
                "finish_reason": served.finish_reason,
            }
        ],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }


def _ollama(served: Served, model: str) -> dict[str, Any]:
    return {
        "model": model,
        "created_at": "2026-11-02T09:00:00Z",
        "message": {"role": "assistant", "content": served.content},
        "done": True,
        "done_reason": served.finish_reason,
        "prompt_eval_count": 10,
        "eval_count": 5,
    }
