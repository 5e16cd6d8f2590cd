"""How far a grader's marks agree with people's and with our labels, in words, from the card that `make eval` writes."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from interviewer.models import GraderInfo

CARD = Path(__file__).parents[1] / "evals" / "GRADER_CARD.json"
"""Read as a file that ships beside this room: the evals themselves are never imported."""

_RUN = "Statements were run, not judged: what running shows is no opinion. Explanations in words are judged."
_UNMEASURED = "How far this model's marks agree with people's has not been measured here."

# Of each set the metrics that say most, and what they are called.
_TOLD = {
    "pearson": "r",
    "rmse": "RMSE",
    "two_way_macro_f1": "macro-F1",
}


class _OfCard(BaseModel):
    """What is read of the card; there is more in it."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Estimate(_OfCard):
    value: float | None
    low: float | None = None
    high: float | None = None


class _MeasuredSet(_OfCard):
    title: str
    human: bool
    n: int
    ungraded: int
    questions: int
    metrics: Mapping[str, _Estimate]


class _MeasuredGrader(_OfCard):
    version: str
    model: str | None


class _Card(_OfCard):
    grader: _MeasuredGrader
    sets: Mapping[str, _MeasuredSet]


def describe_agreement(grader: GraderInfo, card: Path = CARD) -> str | None:
    """A sentence or two to stand beside a mark. None where nothing was measured of the built-in grader."""
    match grader.name:
        case "sql":
            return _RUN
        case "local":
            return _of_local(grader.version, grader.model, card)
        case _:
            return _UNMEASURED


@cache
def _of_local(version: str, model: str | None, path: Path) -> str | None:
    card = _read(path)
    if card is None or (card.grader.version, card.grader.model) != (version, model):
        return None
    ours = card.sets.get("ours_test")
    people = [f"{each.title}: {_told(each)}" for each in card.sets.values() if each.human]
    sentences = [f"This grader agrees with our labels at {_told(ours)}"] if ours else []
    if people:
        sentences.append(f"with people: {'; '.join(people)}")
    return "; ".join(sentences) + "." if sentences else None


def _read(path: Path) -> _Card | None:
    """None where there is none, or one of another shape: no mark waits for it."""
    try:
        return _Card.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _told(each: _MeasuredSet) -> str:
    metrics = [(word, each.metrics.get(name)) for name, word in _metrics_of(each)]
    values = [
        f"{word} {found.value:.2f}{_range(found)}" for word, found in metrics if found and found.value is not None
    ]
    return f"{' and '.join(values)} ({each.n - each.ungraded} answers to {each.questions} questions)"


def _metrics_of(each: _MeasuredSet) -> list[tuple[str, str]]:
    """Of answers that are only right or wrong, how often it was told; of others, score against score."""
    two_way = each.metrics.get("two_way_macro_f1")
    wanted = ("two_way_macro_f1",) if two_way and two_way.value is not None else ("pearson", "rmse")
    return [(name, _TOLD[name]) for name in wanted]


def _range(found: _Estimate) -> str:
    return "" if found.low is None or found.high is None else f" [{found.low:.2f}, {found.high:.2f}]"
