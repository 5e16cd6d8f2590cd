"""A bank file's entry, written in short, becomes what the models validate. Pure: no files, and no judgement."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast

from knowledge.models import Source


class Expansion:
    """A question as written becomes one as the models have it: short ids made whole, source keys looked up.

    What is malformed is passed on untouched, for the models to refuse in their own words.
    """

    def __init__(self, topic: str, sources: Mapping[str, Source]) -> None:
        self._topic = topic
        self._sources = sources

    def question(self, entry: Any) -> Any:
        if not isinstance(entry, dict):
            return entry
        fields = _with_checks(cast(dict[str, Any], entry))
        slug = fields.get("id")
        own = {
            "topic": self._topic,
            "points": self._each("points", fields, partial(self._part, slug)),
            "misconceptions": self._each("misconceptions", fields, partial(self._belief, slug)),
            "follow_ups": self._each("follow_ups", fields, partial(self._follow_up, slug)),
            "groups": self._each("groups", fields, partial(_with_ids, "points", slug)),
            "sources": self._each("sources", fields, self._source),
        }
        return fields | {name: value for name, value in own.items() if value is not None}

    def _belief(self, slug: Any, entry: Any) -> Any:
        return _with_ids("contradicts", slug, self._part(slug, entry))

    def _follow_up(self, slug: Any, entry: Any) -> Any:
        whole = self._part(slug, entry)
        if not isinstance(whole, dict):
            return whole
        fields = cast(dict[str, Any], whole)
        points = self._each("points", fields, partial(self._part, fields.get("id")))
        return fields if points is None else fields | {"points": points}

    def _part(self, owner: Any, entry: Any) -> Any:
        """A point, misconception or follow-up: its id made whole, its source looked up."""
        if not isinstance(entry, dict):
            return entry
        fields = dict(cast(dict[str, Any], entry))
        if isinstance(fields.get("id"), str):
            fields["id"] = f"{owner}/{fields['id']}"
        if "source" in fields:
            fields["source"] = self._source(fields["source"])
        return fields

    def _source(self, reference: Any) -> Any:
        """`key` or `{key: ..., locator: ...}`. An unknown key is passed on: it fails as a source, by its name."""
        match reference:
            case str() if reference in self._sources:
                return self._sources[reference]
            case {"key": str(key), "locator": str(locator), **others} if key in self._sources and not others:
                return self._sources[key].model_copy(update={"locator": locator})
            case {"key": str(key)} if key not in self._sources:
                return key
            case _:
                return reference

    @staticmethod
    def _each(name: str, fields: Mapping[str, Any], expand: Callable[[Any], Any]) -> Any:
        value = fields.get(name)
        return [expand(item) for item in cast(list[Any], value)] if isinstance(value, list) else value


def _with_checks(fields: dict[str, Any]) -> dict[str, Any]:
    """A `check` is written with its point; the models have it beside the points, as only tasks in SQL have any."""
    points = fields.get("points")
    if fields.get("kind") != "sql" or not isinstance(points, list):
        return fields
    written = [cast(dict[str, Any], point) for point in cast(list[Any], points) if isinstance(point, dict)]
    checks = [
        cast(dict[str, Any], point["check"]) | {"point": f"{fields.get('id')}/{point.get('id')}"}
        for point in written
        if isinstance(point.get("check"), dict)
    ]
    bare = [
        {
            name: value
            for name, value in cast(dict[str, Any], point).items()
            if name != "check" or not isinstance(value, dict)
        }
        if isinstance(point, dict)
        else point
        for point in cast(list[Any], points)
    ]
    return fields | {"points": bare, "checks": checks}


def _with_ids(name: str, slug: Any, entry: Any) -> Any:
    if not isinstance(entry, dict) or not isinstance(cast(dict[str, Any], entry).get(name), list):
        return entry
    fields = cast(dict[str, Any], entry)
    return fields | {name: [f"{slug}/{short}" for short in fields[name]]}
