"""What the interview needs of a language model: messages in, a validated value out."""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel

from knowledge.models import Value

Reply = TypeVar("Reply", bound=BaseModel)


class Message(Value):
    role: Literal["system", "user", "assistant"]
    content: str


class LLM(Protocol):
    @property
    def model(self) -> str:
        """The model's name as given, 'openai/gpt-…' say."""
        ...

    @property
    def server(self) -> str:
        """Where it is asked, as a person would name it: two servers may know different models by one name. Raises
        LLMUnavailable where that cannot be told."""
        ...

    @property
    def seed(self) -> int | None:
        """The seed it is asked with. None: it takes none, which may come out only once it has been asked."""
        ...

    def complete(self, messages: Sequence[Message], reply_type: type[Reply]) -> Reply:
        """A reply that fits `reply_type`, asked for at temperature 0. Raises LLMUnavailable or LLMReplyInvalid."""
        ...
