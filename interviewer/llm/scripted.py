"""A language model that says what it was told to say: the double of every real one."""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel

from interviewer.llm.errors import LLMError
from interviewer.llm.port import Message, Reply
from interviewer.llm.replies import settle


class ScriptedLLM:
    """Gives its replies in order, each once: a text is read as any model's, an error is raised.

    `asked` holds the messages of every call, repairs included.
    """

    def __init__(self, replies: Iterable[str | BaseModel | LLMError], model: str = "scripted", seed: int = 0) -> None:
        self.asked: list[tuple[Message, ...]] = []
        self._replies = list(replies)
        self._model = model
        self._seed = seed

    @property
    def model(self) -> str:
        return self._model

    @property
    def server(self) -> str:
        return "the script"

    @property
    def seed(self) -> int | None:
        return self._seed

    def complete(self, messages: Sequence[Message], reply_type: type[Reply]) -> Reply:
        return settle(messages, reply_type, self._say, self._model)

    def _say(self, messages: Sequence[Message]) -> str:
        self.asked.append(tuple(messages))
        assert self._replies, "the script of replies has ended"
        reply = self._replies.pop(0)
        if isinstance(reply, LLMError):
            raise reply
        return reply.model_dump_json() if isinstance(reply, BaseModel) else reply
