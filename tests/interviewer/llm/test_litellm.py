"""The adapter against a server on loopback, over real HTTP: what is sent, what comes back, what each failure says."""

import logging
import os
import time
import traceback
from collections.abc import Callable, Iterator

import pytest

from interviewer.llm.errors import LLMError, LLMReplyInvalid, LLMUnavailable
from interviewer.llm.litellm import LONGEST_PAUSE, RETRIES, LiteLLM
from interviewer.llm.port import Message
from knowledge.models import Value
from tests.model_server import (
    EMPTY_CHOICES,
    HANGS_UP,
    NO_CHOICES,
    NO_JSON,
    ModelServer,
    Served,
    dawdles,
    fails,
    refuses_key,
    says,
)

KEY = "sk-planted-0123456789abcdef"
ASKED = (Message(role="system", content="You count."), Message(role="user", content="How many?"))


class Count(Value):
    number: int
    unit: str


GOOD = {"number": 3, "unit": "apples"}
Open = Callable[..., LiteLLM]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with ModelServer() as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OLLAMA_API_BASE", server.root)
        yield server


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def llm(server: ModelServer, pauses: list[float]) -> LiteLLM:
    return LiteLLM("openai/gpt-4o", timeout=5, sleep=pauses.append)


def test_a_reply_in_the_asked_shape_becomes_a_value(llm: LiteLLM, server: ModelServer) -> None:
    server.play([says(GOOD)])
    assert llm.complete(ASKED, Count) == Count(number=3, unit="apples")
    assert llm.model == "openai/gpt-4o"


def test_a_call_is_made_at_temperature_zero_with_a_seed_and_the_schema(llm: LiteLLM, server: ModelServer) -> None:
    server.play([says(GOOD)])
    llm.complete(ASKED, Count)
    [request] = server.requests
    assert request.body["temperature"] == 0
    assert request.body["seed"] == 0
    shape = request.body["response_format"]["json_schema"]
    assert shape["strict"] is True
    assert shape["schema"]["additionalProperties"] is False
    assert shape["schema"]["required"] == ["number", "unit"]
    assert "JSON Schema" not in request.text
    assert request.headers["Authorization"] == f"Bearer {KEY}"


def test_a_model_that_refuses_a_temperature_is_sent_none(server: ModelServer) -> None:
    server.play([says(GOOD)])
    LiteLLM("openai/gpt-5").complete(ASKED, Count)
    assert "temperature" not in server.requests[0].body


@pytest.mark.parametrize("option", ["temperature", "seed", "response_format"])
def test_an_option_that_the_server_refuses_is_left_out_from_then_on(
    llm: LiteLLM, server: ModelServer, option: str
) -> None:
    server.play([fails(400, f"Unsupported value: '{option}'"), says(GOOD)])
    llm.complete(ASKED, Count)
    llm.complete(ASKED, Count)
    assert [option in request.body for request in server.requests] == [True, False, False]
    assert ("JSON Schema" in server.requests[-1].text) == (option == "response_format")


def test_a_server_unknown_to_litellm_is_told_the_schema_in_the_prompt(server: ModelServer) -> None:
    server.play([says(GOOD)])
    assert LiteLLM("openai/my-own").complete(ASKED, Count).number == 3
    assert "response_format" not in server.requests[0].body
    assert '"number"' in server.requests[0].text


def test_ollama_is_reached_at_its_own_path_and_guided_by_the_schema(server: ModelServer) -> None:
    server.play([says(GOOD)])
    assert LiteLLM("ollama_chat/llama3.2").complete(ASKED, Count).number == 3
    [chat] = [request for request in server.requests if request.path == "/api/chat"]
    assert chat.body["format"]["required"] == ["number", "unit"]
    assert "JSON Schema" in chat.text


def test_a_server_of_ones_own_needs_no_key(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    server.play([says(GOOD)])
    assert LiteLLM("openai/my-own").complete(ASKED, Count).number == 3


def test_nothing_but_the_server_is_reached_and_nothing_is_fetched_at_import(llm: LiteLLM, server: ModelServer) -> None:
    server.play([says(GOOD)])
    llm.complete(ASKED, Count)
    assert os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] == "True"
    assert [request.path for request in server.requests] == ["/v1/chat/completions"]


# ── Failures ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("served", "told"),
    [
        pytest.param(refuses_key(), "refused the key for 'openai/gpt-4o' (401): check the key", id="401"),
        pytest.param(fails(403), "refused the key", id="403"),
        pytest.param(fails(404), "has no model 'openai/gpt-4o'", id="404"),
        pytest.param(fails(500, "out of memory"), "(500): litellm.InternalServerError", id="500"),
        pytest.param(HANGS_UP, "closed the connection", id="hang-up"),
        pytest.param(NO_CHOICES, "without a completion", id="no-choices"),
        pytest.param(NO_JSON, "does it speak OpenAI's protocol", id="no-json"),
    ],
)
def test_a_failure_names_the_model_the_server_and_the_remedy(
    llm: LiteLLM, server: ModelServer, served: Served, told: str
) -> None:
    server.play([served])
    with pytest.raises(LLMUnavailable) as raised:
        llm.complete(ASKED, Count)
    assert told in str(raised.value)
    assert "openai/gpt-4o" in str(raised.value)
    assert server.url in str(raised.value)
    assert len(server.requests) == 1


def test_a_time_out_ends_the_wait(server: ModelServer) -> None:
    server.play([dawdles(20)])
    with pytest.raises(LLMUnavailable, match=r"no reply within 0\.3 s"):
        LiteLLM("openai/gpt-4o", timeout=0.3).complete(ASKED, Count)
    assert len(server.requests) == 1


def test_a_server_that_is_not_there_is_asked_after(monkeypatch: pytest.MonkeyPatch, server: ModelServer) -> None:
    monkeypatch.setenv("OPENAI_API_BASE", "http://someone:hidden@127.0.0.1:9/v1?token=hidden")
    with pytest.raises(LLMUnavailable) as raised:
        LiteLLM("openai/gpt-4o").complete(ASKED, Count)
    assert "cannot connect to http://127.0.0.1:9/v1" in str(raised.value)
    assert "is the server running there?" in str(raised.value)
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize(
    ("model", "told"),
    [
        pytest.param("openai/gpt-4o", "set OPENAI_API_KEY", id="openai"),
        pytest.param("anthropic/claude-sonnet-4-5", "set ANTHROPIC_API_KEY", id="anthropic"),
    ],
)
def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch, model: str, told: str) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_API_BASE", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(LLMUnavailable, match=told):
        LiteLLM(model, timeout=2).complete(ASKED, Count)


def test_a_model_without_a_known_provider_is_explained() -> None:
    with pytest.raises(LLMUnavailable, match="write it as provider/name"):
        LiteLLM("justaname").complete(ASKED, Count)


def test_a_busy_server_is_asked_again_twice_at_most(llm: LiteLLM, server: ModelServer, pauses: list[float]) -> None:
    server.play([fails(429)])
    with pytest.raises(LLMUnavailable, match=r"\(429\): wait, or check the quota"):
        llm.complete(ASKED, Count)
    assert len(server.requests) == 1 + RETRIES
    assert pauses == [1.0, 2.0]


def test_a_pause_is_as_long_as_the_server_asks_within_bounds(server: ModelServer, pauses: list[float]) -> None:
    server.play([fails(429, Retry_After="3"), fails(503, Retry_After="900"), says(GOOD)])
    llm = LiteLLM("openai/gpt-4o", timeout=60, sleep=pauses.append)
    assert llm.complete(ASKED, Count).number == 3
    assert pauses == [3.0, LONGEST_PAUSE]


def test_no_pause_is_made_that_would_outlast_the_time_for_a_reply(
    llm: LiteLLM, server: ModelServer, pauses: list[float]
) -> None:
    server.play([fails(429, Retry_After="900"), says(GOOD)])
    with pytest.raises(LLMUnavailable, match="takes no more requests"):
        llm.complete(ASKED, Count)
    assert pauses == []


def test_a_repair_has_only_the_time_that_the_first_reply_left(server: ModelServer) -> None:
    server.play([says(GOOD), Served(content="no object", delay=2), dawdles(20)])
    llm = LiteLLM("openai/gpt-4o", timeout=3)
    llm.complete(ASKED, Count)
    begun = time.monotonic()
    with pytest.raises(LLMUnavailable, match=r"no reply within 3 s"):
        llm.complete(ASKED, Count)
    assert time.monotonic() - begun < 4.9
    assert len(server.requests) == 3


def test_a_reply_with_an_empty_list_of_choices_is_invalid_and_not_repaired(llm: LiteLLM, server: ModelServer) -> None:
    server.play([EMPTY_CHOICES])
    with pytest.raises(LLMReplyInvalid, match="'openai/gpt-4o' holds no completion"):
        llm.complete(ASKED, Count)
    assert len(server.requests) == 1


@pytest.mark.parametrize("reason", ["length", "content_filter"])
def test_a_reply_that_was_cut_off_is_invalid_and_not_repaired(llm: LiteLLM, server: ModelServer, reason: str) -> None:
    server.play([says('{"number": 3', finish_reason=reason)])
    with pytest.raises(LLMReplyInvalid):
        llm.complete(ASKED, Count)
    assert len(server.requests) == 1


def test_a_key_that_the_server_repeats_reaches_no_message_no_traceback_and_no_log(
    llm: LiteLLM, server: ModelServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for served in (refuses_key(), fails(400, f"bad key {KEY}"), fails(500, f"Authorization: Bearer {KEY}")):
        server.play([served])
        with pytest.raises(LLMError) as raised:
            llm.complete(ASKED, Count)
        error: BaseException | None = raised.value
        told = "".join(traceback.format_exception(raised.value))
        while error is not None:
            told += repr(error)
            error = error.__cause__ or error.__context__
        assert KEY not in told
        assert "planted" not in told
    assert KEY not in caplog.text
    shown = capfd.readouterr()
    assert KEY not in shown.out + shown.err
