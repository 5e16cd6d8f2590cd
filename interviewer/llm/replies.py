"""A model's text becomes a validated value, after at most one repair. Pure but for the `say` it is given."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from interviewer.llm.errors import LLMReplyInvalid
from interviewer.llm.port import Message, Reply
from interviewer.llm.prompts import fenced, read_prompt

_MOST_ERRORS = 5
_DECODER = json.JSONDecoder()


class ReplyMismatch(ValueError):
    """The text holds no value of the asked shape. The message says what is wrong, without repeating the text."""


def settle(
    messages: Sequence[Message], reply_type: type[Reply], say: Callable[[Sequence[Message]], str], model: str
) -> Reply:
    """What `say` answers, as `reply_type`; a reply that does not fit is sent back once with what is wrong.

    Raises LLMReplyInvalid where the repair does not fit either.
    """
    first = say(messages)
    try:
        return read_reply(first, reply_type)
    except ReplyMismatch as mismatch:
        wrong = str(mismatch)
    second = say([*messages, *_repair(first, wrong)])
    try:
        return read_reply(second, reply_type)
    except ReplyMismatch as mismatch:
        raise LLMReplyInvalid(
            f"'{model}' gave no reply of the asked shape, nor after one repair: {mismatch}"
        ) from mismatch


def read_reply(text: str, reply_type: type[Reply]) -> Reply:
    """The last JSON object in the text that fits: models think aloud first, and wrap it in prose or code fences.

    Raises ReplyMismatch.
    """
    complaint = "there is no JSON object in it"
    for candidate in _objects(text):
        try:
            return reply_type.model_validate_json(candidate)
        except ValidationError as error:
            complaint = _complaint(error)
    raise ReplyMismatch(complaint)


def response_format(reply_type: type[BaseModel]) -> dict[str, Any]:
    """The shape as the vendors' `json_schema` mode takes it."""
    schema = reply_type.model_json_schema()
    return {"type": "json_schema", "json_schema": {"name": reply_type.__name__, "schema": schema, "strict": True}}


def with_schema(messages: Sequence[Message], reply_type: type[BaseModel]) -> tuple[Message, ...]:
    """The messages with the shape told in words, for models that take no schema beside them."""
    schema = json.dumps(reply_type.model_json_schema(), ensure_ascii=False)
    told = read_prompt("schema").render({"schema": fenced(schema)})
    return *messages[:-1], Message(role=messages[-1].role, content=f"{messages[-1].content}\n\n{told[0].content}")


def _repair(text: str, wrong: str) -> tuple[Message, ...]:
    # Some vendors refuse a turn that is empty.
    return Message(role="assistant", content=text or "(nothing)"), *read_prompt("repair").render({"errors": wrong})


def _objects(text: str) -> Iterator[str]:
    """The text's outermost JSON objects, the last one first."""
    found: list[str] = []
    place = text.find("{")
    while place >= 0:
        try:
            _, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            found.append(text[place:end])
        place = text.find("{", end)
    return reversed(found)


def _complaint(error: ValidationError) -> str:
    flaws = error.errors(include_url=False, include_input=False, include_context=False)
    told = [f"{'.'.join(str(part) for part in flaw['loc']) or 'the object'}: {flaw['msg']}" for flaw in flaws]
    more = [f"and {len(told) - _MOST_ERRORS} more"] if len(told) > _MOST_ERRORS else []
    return "; ".join(told[:_MOST_ERRORS] + more)
