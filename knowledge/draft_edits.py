"""An edit of a draft, written as in a bank file, becomes the edited question or a list of all that is wrong with it."""

from collections.abc import Mapping
from typing import Any, cast

import yaml
from pydantic import ValidationError

from knowledge.bank import Problem, UniqueKeys, faults, read_sources
from knowledge.bank_entries import Expansion
from knowledge.models import QUESTION, Question
from knowledge.probes import area_of

FILE = "edit"
FIELDS = ("points", "groups", "misconceptions", "model_answer", "topic", "level")
"""What an edit may give anew. What it leaves out stays as drafted; groups and misconceptions go with their points."""
_NAMED = frozenset({*FIELDS, "sources"})


def apply_edit(question: Question, text: str) -> Question | tuple[Problem, ...]:
    """YAML or JSON: a list of points, or FIELDS by name, with the `sources` that points refer to by key.

    A point without a source takes the draft's own, one without a probe a plain one.
    """
    try:
        content = yaml.load(text, Loader=UniqueKeys)
    except yaml.YAMLError as error:
        return (_problem(f"cannot be read as YAML or JSON: {error}"),)
    if isinstance(content, list):
        content = {"points": cast(list[Any], content)}
    if not isinstance(content, dict) or not content or set(cast(dict[str, Any], content)) - _NAMED:
        return (_problem(f"holds a list of points, or some of {', '.join(sorted(_NAMED))}, and nothing else"),)
    fields = cast(dict[str, Any], content)
    sources, problems = read_sources(FILE, fields.pop("sources", None) or {})
    if problems:
        return tuple(problems)
    entry = Expansion(fields.get("topic") or question.topic, sources).question(
        {"id": question.id, **{name: value for name, value in fields.items() if name != "topic"}}
    )
    whole = {**_kept(question, fields), **entry, "points": _filled(question, entry.get("points", question.points))}
    try:
        return QUESTION.validate_python(whole)
    except ValidationError as error:
        return tuple(Problem(file=FILE, entry=question.id, **fault) for fault in faults(error, whole))


def _kept(question: Question, fields: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: getattr(question, name) for name in type(question).model_fields}
    return kept | ({"groups": (), "misconceptions": ()} if "points" in fields else {})


def _filled(question: Question, points: Any) -> Any:
    if not isinstance(points, list):
        return points
    probes, area = area_of(question.text)
    source = question.sources[0] if question.sources else None
    filled: list[Any] = []
    for place, point in enumerate(cast(list[Any], points)):
        plain = {"source": source, "probe": probes[place % len(probes)].format(area=area)}
        filled.append(plain | cast(dict[str, Any], point) if isinstance(point, dict) else point)
    return filled


def _problem(message: str) -> Problem:
    return Problem(file=FILE, entry="", field="", message=message)


def as_edit(question: Question) -> str:
    """The question's points in the format that `apply_edit` reads, as something to start from."""
    points = [
        {"id": point.id.rpartition("/")[2], **point.model_dump(include={"text", "weight", "core", "probe"})}
        for point in question.points
    ]
    return yaml.safe_dump({"points": points}, sort_keys=False, allow_unicode=True, width=1000)
