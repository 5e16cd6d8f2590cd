"""How far a grader's marks agree with people's and with our labels, in words, from the card that `make eval` writes."""

import json
from functools import cache
from pathlib import Path
from typing import Any

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


def describe_agreement(grader: GraderInfo, card: Path = CARD) -> str | None:
    """A sentence or two to stand beside a mark. None where nothing was measured of the built-in grader."""
    match grader.name:
        case "sql":
            return _RUN
        case "local":
            return _of_local(grader.version, card)
        case _:
            return _UNMEASURED


@cache
def _of_local(version: str, card: Path) -> str | None:
    content = _read(card)
    if content is None or content["grader"]["version"] != version:
        return None
    ours = [_told(each) for name, each in content["sets"].items() if name == "ours_test"]
    people = [f"{each['title']}: {_told(each)}" for each in content["sets"].values() if each["human"]]
    sentences = [f"This grader agrees with our labels at {told}" for told in ours]
    if people:
        sentences.append(f"with people: {'; '.join(people)}")
    return "; ".join(sentences) + "." if sentences else None


def _read(card: Path) -> Any:
    """The card's content, None where there is none that can be read: no mark waits for it."""
    try:
        return json.loads(card.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _told(each: Any) -> str:
    metrics = [(word, each["metrics"].get(name)) for name, word in _metrics_of(each)]
    values = [
        f"{word} {found['value']:.2f}{_range(found)}" for word, found in metrics if found and found["value"] is not None
    ]
    return f"{' and '.join(values)} ({each['n']} answers to {each['questions']} questions)"


def _metrics_of(each: Any) -> list[tuple[str, str]]:
    """Of answers that are only right or wrong, how often it was told; of others, score against score."""
    two_way = each["metrics"].get("two_way_macro_f1")
    wanted = ("two_way_macro_f1",) if two_way and two_way["value"] is not None else ("pearson", "rmse")
    return [(name, _TOLD[name]) for name in wanted]


def _range(found: Any) -> str:
    return "" if found["low"] is None else f" [{found['low']:.2f}, {found['high']:.2f}]"
