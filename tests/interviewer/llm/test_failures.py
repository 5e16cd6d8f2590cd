"""What a failure says: the server by an address without secrets, and never a key, whatever the vendor wrote."""

import pytest

from interviewer.llm.failures import MOST_DETAIL, Failure, explain, name_server, scrubbed

SECRETS = {
    "OPENAI_API_KEY": "planted-value-1",
    "DB_PASSWORD": "planted-value-12",
    "HOME": "/home/someone",
    "A_TOKEN": "x",
}


@pytest.mark.parametrize(
    "text",
    [
        "bad key planted-value-1",
        "bad planted-value-12!",
        "Authorization: Bearer abc.def",
        "sk-proj-0123456789",
        "AIzaSyA0123456789",
        "api_key=0123456789abcdef",
    ],
)
def test_secrets_are_scrubbed_by_value_and_by_shape(text: str) -> None:
    told = scrubbed(text, SECRETS)
    assert "[secret]" in told
    assert not [part for part in ("planted", "abc.def", "0123456789") if part in told]


def test_what_is_no_secret_stays() -> None:
    assert scrubbed("no room for x in /home/someone", SECRETS) == "no room for x in /home/someone"


@pytest.mark.parametrize(
    ("provider", "environment", "name"),
    [
        ("openai", {}, "the server of openai"),
        ("openai", {"OPENAI_API_BASE": "http://me:secret@host:1/v1?key=secret"}, "http://host:1/v1"),
        ("ollama_chat", {}, "http://localhost:11434"),
        ("hosted_vllm", {"HOSTED_VLLM_API_BASE": "http://host/v1"}, "http://host/v1"),
    ],
)
def test_a_server_is_named_without_its_secrets(provider: str, environment: dict[str, str], name: str) -> None:
    assert name_server(provider, environment) == name


def test_an_unexplained_failure_quotes_the_vendor_shortened_and_scrubbed() -> None:
    failure = Failure(cause="status", status=418, detail="planted-value-1 " + "teapot " * 200, retry_after=None)
    told = explain(failure, model="m/n", where="there", timeout=5, missing=(), secrets=SECRETS)
    assert told.startswith("'m/n' failed at there (418): [secret] teapot")
    assert len(told) < MOST_DETAIL + 50
    assert "planted" not in repr(failure)
