"""Any model that LiteLLM reaches, behind the port. The only file that names it; its errors end here.

LiteLLM takes seconds to import, so it is imported at the first call.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from interviewer.llm.errors import LLMReplyInvalid, LLMUnavailable
from interviewer.llm.failures import Cause, Failure, explain, name_server, own_address
from interviewer.llm.port import Message, Reply
from interviewer.llm.replies import response_format, settle, with_schema

TIMEOUT = 60.0
RETRIES = 2
"""After a reply that says 'later': 429, 503 or 529."""
LONGEST_PAUSE = 10.0

_LATER = frozenset({429, 503, 529})
_NAMES_OF_OPTIONS = {
    "temperature": ("temperature",),
    "seed": ("seed",),
    "response_format": ("response_format", "json_schema"),
}
# LiteLLM says that these take no schema. They do, but not in every version: so the prompt tells it as well.
_GUIDED = frozenset({"ollama", "ollama_chat"})
_CAUSES: tuple[tuple[Cause, frozenset[str]], ...] = (
    ("timeout", frozenset({"Timeout", "APITimeoutError", "ReadTimeout", "ConnectTimeout"})),
    ("unreachable", frozenset({"ConnectError", "ConnectionRefusedError", "gaierror"})),
    ("closed", frozenset({"APIConnectionError", "RemoteProtocolError", "ReadError"})),
    ("no_completion", frozenset({"JSONDecodeError"})),
)
_importing = threading.Lock()


class LiteLLM:
    """One model by LiteLLM's name. Keys and addresses are those of `environment`; no message of ours repeats a key.

    `timeout`: the seconds for one reply, whatever is asked again for it.
    """

    def __init__(
        self,
        model: str,
        *,
        timeout: float = TIMEOUT,
        seed: int = 0,
        sleep: Callable[[float], None] = time.sleep,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._model = model
        self._timeout = timeout
        self._seed = seed
        self._sleep = sleep
        self._environment = environment
        self._refused: set[str] = set()

    @property
    def model(self) -> str:
        return self._model

    @property
    def server(self) -> str:
        return name_server(self._provider(), self._environment)

    @property
    def seed(self) -> int | None:
        return None if "seed" in self._refused else self._seed

    def complete(self, messages: Sequence[Message], reply_type: type[Reply]) -> Reply:
        provider = self._provider()
        deadline = time.monotonic() + self._timeout
        return settle(messages, reply_type, lambda turns: self._say(provider, turns, reply_type, deadline), self._model)

    def look(self) -> str:
        """What a call would be made with, told without making one and without the key. Raises LLMUnavailable."""
        provider = self._provider()
        named = _litellm().validate_environment(self._model)["missing_keys"]
        missing = [name for name in named if not name.endswith(("_BASE", "_URL"))]
        if missing and not own_address(provider, self._environment):
            raise LLMUnavailable(f"no API key for '{self._model}': set {' or '.join(missing)}")
        where = name_server(provider, self._environment)
        return f"{self._model} at {where}, {'no key is set' if named else 'its key is set'}"

    def _provider(self) -> str:
        try:
            return str(_litellm().get_llm_provider(self._model)[1])
        except _vendor_errors():
            message = f"LiteLLM knows no provider for '{self._model}'"
        raise LLMUnavailable(f"{message}: write it as provider/name, openai/gpt-5 or ollama_chat/llama3.2 say")

    def _say(self, provider: str, turns: Sequence[Message], reply_type: type[BaseModel], deadline: float) -> str:
        """One reply's text. Asks again without an option that was refused, and after a pause where it is told to and
        there is time for one."""
        retries = 0
        while isinstance(outcome := self._call(provider, turns, reply_type, deadline), Failure):
            if self._drop_refused(outcome):
                continue
            pause = 2.0**retries if outcome.retry_after is None else min(outcome.retry_after, LONGEST_PAUSE)
            too_late = time.monotonic() + pause >= deadline
            if outcome.status not in _LATER or retries == RETRIES or too_late:
                raise LLMUnavailable(self._explain(provider, outcome))
            self._sleep(pause)
            retries += 1
        return outcome

    def _call(
        self, provider: str, turns: Sequence[Message], reply_type: type[BaseModel], deadline: float
    ) -> str | Failure:
        left = deadline - time.monotonic()
        if left <= 0:
            return Failure(cause="timeout", status=None, detail="", retry_after=None)
        litellm = _litellm()
        native = litellm.supports_response_schema(self._model) and "response_format" not in self._refused
        if "seed" not in (litellm.get_supported_openai_params(self._model) or ()):
            self._refused.add("seed")  # it would be dropped unseen, and a grade would name a seed that was never sent
        options: dict[str, Any] = {"temperature": 0, "seed": self._seed}
        if native or provider in _GUIDED:
            options["response_format"] = response_format(reply_type)
        told = turns if native else with_schema(turns, reply_type)
        try:
            response = litellm.completion(
                model=self._model,
                messages=[turn.model_dump() for turn in told],
                timeout=left,
                stream_timeout=left,
                max_retries=0,
                num_retries=0,
                drop_params=True,
                **self._key(provider),
                **{name: value for name, value in options.items() if name not in self._refused},
            )
        except _vendor_errors() as error:
            # A value from here on: raised with this error as its cause, ours would carry what the vendor repeats.
            return _read_failure(error)
        return _text(response, self._model)

    def _key(self, provider: str) -> dict[str, str]:
        """A server of one's own often asks for no key, but OpenAI's client insists on sending one."""
        keyless = provider == "openai" and not self._environment.get("OPENAI_API_KEY")
        return {"api_key": "none"} if keyless and own_address(provider, self._environment) else {}

    def _drop_refused(self, failure: Failure) -> bool:
        """Whether the server complained of an option that we can do without. It is left out from here on."""
        if failure.status not in (400, 422):
            return False
        left = [option for option in _NAMES_OF_OPTIONS if option not in self._refused]
        refused = [option for option in left if any(name in failure.detail for name in _NAMES_OF_OPTIONS[option])]
        self._refused.update(refused)
        return bool(refused)

    def _explain(self, provider: str, failure: Failure) -> str:
        return explain(
            failure,
            model=self._model,
            where=name_server(provider, self._environment),
            timeout=self._timeout,
            missing=tuple(_litellm().validate_environment(self._model)["missing_keys"]),
            secrets=self._environment,
        )


def _litellm() -> Any:
    with _importing:
        # Before the import, or it goes to the network for prices and headers, and reads a .env file nobody named.
        os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
        os.environ["LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS"] = "True"
        os.environ["LITELLM_MODE"] = "PRODUCTION"
        import litellm

        litellm.suppress_debug_info = True
        litellm.turn_off_message_logging = True
        litellm.redact_messages_in_exceptions = True
        for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        # Some vendors take the key in the address, which these write down at level INFO.
        for name in ("httpx", "openai"):
            logging.getLogger(name).setLevel(logging.WARNING)
        return litellm


def _vendor_errors() -> tuple[type[Exception], ...]:
    """All that a call may raise: LiteLLM derives its errors from OpenAI's, and lets a few others through."""
    import httpx
    import openai

    return (openai.OpenAIError, httpx.HTTPError, OSError, ValueError)


def _text(response: Any, model: str) -> str:
    if not response.choices:
        raise LLMReplyInvalid(f"the reply of '{model}' holds no completion: its list of choices is empty")
    choice = response.choices[0]
    if choice.finish_reason == "length":
        raise LLMReplyInvalid(f"the reply of '{model}' was cut off at its length limit")
    if choice.finish_reason == "content_filter":
        raise LLMReplyInvalid(f"the reply of '{model}' was withheld by a content filter")
    return choice.message.content or ""


def _read_failure(error: Exception) -> Failure:
    """What LiteLLM's error comes from: it calls everything a 500 that it has no name for."""
    names = {type(link).__name__ for link in _chain(error)}
    status = getattr(error, "status_code", None)
    signs: list[Cause] = [cause for cause, signs in _CAUSES if names & signs]
    cause: Cause = signs[0] if signs else "no_completion" if "'choices'" in str(error) else "status"
    return Failure(cause=cause, status=status, detail=str(error), retry_after=_retry_after(error))


def _retry_after(error: Exception) -> float | None:
    headers = (getattr(getattr(link, "response", None), "headers", None) or {} for link in _chain(error))
    asked = next((found["retry-after"] for found in headers if "retry-after" in found), "")
    return float(asked) if asked.isdigit() else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from, as far as that was kept."""
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__
