"""What every language model behind the port does: one contract, over real HTTP and over the double."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from pydantic import Field

from interviewer.llm.errors import LLMReplyInvalid, LLMUnavailable
from interviewer.llm.litellm import LiteLLM
from interviewer.llm.port import LLM, Message
from interviewer.llm.scripted import ScriptedLLM
from knowledge.models import Value
from tests.model_server import ModelServer, fails, says

ASKED = (Message(role="user", content="How sure are you?"),)


class Opinion(Value):
    words: tuple[str, ...]
    sure: float = Field(ge=0, le=1)


GOOD = '{"words": ["quite"], "sure": 0.5}'
WRONG_SHAPE = '{"words": "quite", "certainty": 2}'


class Told:
    """A model that says these texts (None: it is unavailable), and what it was asked, call by call."""

    def __init__(self, llm: LLM, asked: Callable[[], Sequence[str]]) -> None:
        self.llm = llm
        self.asked = asked


Teller = Callable[..., Told]


@pytest.fixture(params=["litellm-native-schema", "litellm-schema-in-prompt", "scripted"])
def tell(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Teller]:
    if request.param == "scripted":
        yield _scripted
        return
    name = "openai/gpt-4o" if request.param == "litellm-native-schema" else "openai/of-my-own"
    with ModelServer() as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-tests")

        def served(*texts: str | None) -> Told:
            server.play([fails(500) if text is None else says(text) for text in texts])
            return Told(LiteLLM(name, timeout=5), lambda: [one.text for one in server.requests])

        yield served


def _scripted(*texts: str | None) -> Told:
    llm = ScriptedLLM(LLMUnavailable("'scripted' is away") if text is None else text for text in texts)
    return Told(llm, lambda: ["\n".join(turn.content for turn in turns) for turns in llm.asked])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(GOOD, id="plain"),
        pytest.param(f"Sure, here you are:\n```json\n{GOOD}\n```\nAnything else?", id="text-around"),
        pytest.param(f'<think>maybe {{"words": []}} or so</think> {GOOD}', id="thinking-aloud"),
    ],
)
def test_json_is_found_in_whatever_surrounds_it(tell: Teller, text: str) -> None:
    told = tell(text)
    assert told.llm.complete(ASKED, Opinion) == Opinion(words=("quite",), sure=0.5)
    assert len(told.asked()) == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param(WRONG_SHAPE, "sure: Field required", id="wrong-shape"),
        pytest.param('{"words": [], "sure": 7}', "less than or equal to 1", id="out-of-range"),
        pytest.param("I would rather not.", "no JSON object", id="prose"),
        pytest.param('{"words": ["qui', "no JSON object", id="cut-off"),
        pytest.param("", "no JSON object", id="empty"),
        pytest.param("{" * 5000, "no JSON object", id="nested-without-end"),
    ],
)
def test_a_reply_of_the_wrong_shape_is_sent_back_once_with_what_is_wrong(
    tell: Teller, text: str, complaint: str
) -> None:
    told = tell(text, GOOD)
    assert told.llm.complete(ASKED, Opinion).sure == 0.5
    first, second = told.asked()
    assert complaint not in first
    assert complaint in second


def test_a_reply_that_stays_wrong_is_invalid_after_one_repair(tell: Teller) -> None:
    told = tell(WRONG_SHAPE, WRONG_SHAPE, GOOD)
    with pytest.raises(LLMReplyInvalid, match="nor after one repair: ") as raised:
        told.llm.complete(ASKED, Opinion)
    assert told.llm.model in str(raised.value)
    assert len(told.asked()) == 2


def test_a_model_that_is_out_of_reach_is_unavailable(tell: Teller) -> None:
    with pytest.raises(LLMUnavailable):
        tell(None).llm.complete(ASKED, Opinion)


def test_a_model_that_goes_away_before_the_repair_is_unavailable(tell: Teller) -> None:
    with pytest.raises(LLMUnavailable):
        tell("no", None).llm.complete(ASKED, Opinion)
