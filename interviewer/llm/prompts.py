"""A prompt file with named gaps becomes messages. Everything put into a gap is data, and cannot close its fence."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from interviewer.llm.port import Message
from knowledge.models import Value

_GAP = re.compile(r"\{\{ *([a-z_]+) *\}\}")
_TURN = re.compile(r"^=== (system|user) ===\n", re.MULTILINE)
# The tags that fence data in the prompts. Inside data their bracket is replaced by a look-alike of the same length,
# so that offsets into the text stay true.
_TAGS = "answer|question|tables|rubric|dialogue|found|draft|reply|schema|passage"
_FENCES = re.compile(rf"<(?=\s*/?\s*(?:{_TAGS})\b)", re.IGNORECASE)
_LOOK_ALIKE = "‹"


class Prompt(Value):
    """A prompt as written: its turns, and the hash of its file."""

    turns: tuple[Message, ...]
    hash: str

    def render(self, gaps: Mapping[str, str]) -> tuple[Message, ...]:
        """The turns with every gap filled. Gaps in what is filled in are left alone. Raises KeyError for a gap unnamed,
        and ValueError for a name that has no gap."""
        named = {name for turn in self.turns for name in _GAP.findall(turn.content)}
        if set(gaps) - named:
            raise ValueError(f"the prompt has no gaps named {', '.join(sorted(set(gaps) - named))}")
        return tuple(
            Message(role=turn.role, content=_GAP.sub(lambda gap: gaps[gap.group(1)], turn.content))
            for turn in self.turns
        )


@lru_cache
def read_prompt(name: str) -> Prompt:
    """The shipped prompt `prompts/<name>.md`. Its turns are headed `=== system ===` and `=== user ===`."""
    text = resources.files("interviewer").joinpath("prompts", f"{name}.md").read_text(encoding="utf-8")
    return parse_prompt(text)


def parse_prompt(text: str) -> Prompt:
    _, *parts = _TURN.split(text)
    turns = tuple(
        Message.model_validate({"role": role, "content": content.strip()})
        for role, content in zip(parts[::2], parts[1::2], strict=True)
    )
    return Prompt(turns=turns, hash=hashlib.sha256(text.encode()).hexdigest()[:16])


def fenced(text: str) -> str:
    """The text as it may stand inside a fence: no tag in it opens or closes one. It keeps its length."""
    return _FENCES.sub(_LOOK_ALIKE, text)
