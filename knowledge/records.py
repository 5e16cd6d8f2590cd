"""Tables and records become blocks: CSV, TSV, JSON and JSON lines. Pure."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from knowledge.asking import asks
from knowledge.blocks import BlockWriter, Reading
from knowledge.tables import (
    ANSWER_NAMES,
    EXPLANATION_NAMES,
    KEY_NAMES,
    OPTION_NAMES,
    Row,
    find_columns,
    keyed,
    names_question,
    simple_name,
    write_row,
    write_rows,
)

# Deeper nesting is no document's.
DEEPEST = 40
LONGEST_FIELD = 1_000_000
# A mapping from question to answer is one where this share of the keys asks.
_ASKING_SHARE = 0.6
_FEWEST_RECORDS = 3
_TITLES = frozenset({"title", "name", "topic", "category", "section"})


class RecordsError(Exception):
    """What makes the records unreadable, in one line."""


def read_csv(text: str, delimiter: str | None = None) -> Reading:
    """Raises RecordsError."""
    csv.field_size_limit(LONGEST_FIELD)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter or _delimiter(text)))
    except csv.Error as error:
        raise RecordsError(f"broken CSV: {error}") from error
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    writer = BlockWriter()
    if columns := find_columns(rows):
        write_rows(writer, rows, columns)
    else:
        for row in rows:
            writer.add("paragraph", " | ".join(cell.strip() for cell in row if cell.strip()))
    return writer.reading()


def read_json_lines(text: str) -> Reading:
    """Raises RecordsError; the line that is no JSON is named."""
    records: list[Any] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                records.append(json.loads(line))
            except (json.JSONDecodeError, RecursionError) as error:
                raise RecordsError(f"broken JSON in line {number}") from error
    return read_data(records)


def read_data(data: object) -> Reading:
    """Whatever was JSON: questions where fields say so, and all other text as it comes. Raises RecordsError."""
    walker = _Walker()
    walker.visit(data, "", 0)
    return walker.writer.reading(title=walker.title)


class _Walker:
    def __init__(self) -> None:
        self.writer = BlockWriter()
        self.title: str | None = None

    def visit(self, data: object, name: str, depth: int) -> None:
        if depth > DEEPEST:
            raise RecordsError("nested too deeply")
        match data:
            case dict():
                self._visit_record({str(key): value for key, value in data.items()}, name, depth)
            case list():
                self._visit_list(data, name, depth)
            case None:
                pass
            case _:
                self.writer.add("paragraph", f"{name}: {_text(data)}" if name else _text(data))

    def _visit_record(self, record: dict[str, Any], name: str, depth: int) -> None:
        if (row := _row(record)) is not None:
            write_row(self.writer, row)
        elif _maps_questions(record):
            for key, value in record.items():
                write_row(self.writer, Row(key, (), _text(value) or None))
        else:
            for key, value in record.items():
                if depth == 0 and simple_name(key) == "title" and isinstance(value, str):
                    self.title = value
                if isinstance(value, dict | list):
                    if not _names_nothing(key):
                        self.writer.add("heading", key, min(depth + 1, 5))
                    self.visit(value, key, depth + 1)
                elif simple_name(key) in _TITLES and isinstance(value, str):
                    self.writer.add("heading", value, min(depth + 1, 5))
                elif value is not None:
                    self.visit(value, key, depth + 1)

    def _visit_list(self, items: list[Any], name: str, depth: int) -> None:
        strings = [item for item in items if isinstance(item, str)]
        asking = sum(asks(text) >= 0.5 for text in strings)
        listed = names_question(simple_name(name)) or asking >= _ASKING_SHARE * len(strings)
        items = _with_question_named(items)
        for item in items:
            if isinstance(item, str) and listed and asking:
                write_row(self.writer, Row(item, (), None))
            elif isinstance(item, list) and (row := _pair(item)):
                write_row(self.writer, row)
            else:
                self.visit(item, "", depth + 1)


def _row(record: dict[str, Any]) -> Row | None:
    """A record of one question; its fields are told by their names, the exact ones before the others."""
    names = {simple_name(key): key for key in record}
    question = _pick(record, names, names_question)
    if question is None or not _text(record[question]).strip() or isinstance(record[question], dict | list):
        return None
    answer = _pick(record, names, lambda name: name in ANSWER_NAMES)
    answer = answer or _pick(record, names, lambda name: bool(set(name.split()) & (ANSWER_NAMES | KEY_NAMES)))
    choices = _pick(record, names, lambda name: name in OPTION_NAMES)
    reason = _pick(record, names, lambda name: bool(set(name.split()) & EXPLANATION_NAMES))
    if choices is None and answer and isinstance(record[answer], list) and "correct" in names:
        choices, answer = answer, names["correct"]
    options = _options(record[choices]) if choices else ()
    said = [_key(record[answer], options)] if answer else []
    said += [_text(record[reason])] if reason and reason != answer else []
    used = {question, answer, choices, reason}
    rest = tuple(_text(value) for key, value in record.items() if key not in used and value not in (None, "", []))
    return Row(_text(record[question]), options, "\n\n".join(part for part in said if part) or None, rest)


def _with_question_named(items: list[Any]) -> list[Any]:
    """Where records name no question, the field that asks in most of them is it."""
    records = [{str(key): value for key, value in item.items()} for item in items if isinstance(item, dict)]
    if len(records) < max(_FEWEST_RECORDS, len(items)):
        return items
    if any(names_question(simple_name(key)) for record in records for key in record):
        return items
    asking = Counter(
        key for record in records for key, value in record.items() if isinstance(value, str) and asks(value) >= 1
    )
    key, count = max(asking.items(), key=lambda found: found[1], default=("", 0))
    if count < _ASKING_SHARE * len(records):
        return items
    return [{"question" if name == key else name: value for name, value in record.items()} for record in records]


def _pick(record: dict[str, Any], names: dict[str, str], wanted: Callable[[str], bool]) -> str | None:
    return next((key for name, key in names.items() if wanted(name) and record[key] is not None), None)


def _options(value: object) -> tuple[str, ...]:
    match value:
        case dict():
            return tuple(f"{key}) {_text(text)}" for key, text in value.items())
        case list():
            return tuple(_text(option) for option in value)
        case _:
            return (_text(value),)


def _key(value: object, options: Sequence[str]) -> str:
    """The option that a number, a letter or a list of them points to."""
    if isinstance(value, list) and options:
        return "\n".join(_key(each, options) for each in value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(options):
        return options[value]
    return keyed(_text(value), options)


def _maps_questions(record: dict[str, Any]) -> bool:
    texts = [key for key, value in record.items() if isinstance(value, str)]
    asking = sum(asks(key) >= 0.5 and " " in key for key in texts)
    told = len(record) > 1 or any("?" in key for key in texts)
    return told and len(texts) == len(record) and asking >= _ASKING_SHARE * len(texts)


def _pair(items: list[Any]) -> Row | None:
    if len(items) == 2 and all(isinstance(item, str) for item in items) and asks(items[0]) >= 0.5:
        return Row(items[0], (), items[1] or None)
    return None


def _names_nothing(key: str) -> bool:
    return names_question(simple_name(key)) or not any(c.isalpha() for c in key)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case list():
            return "\n".join(_text(item) for item in value)
        case dict():
            return "\n".join(f"{key}: {_text(item)}" for key, item in value.items())
        case _:
            return str(value)


def _delimiter(text: str) -> str:
    """The mark that parts the first lines most evenly."""
    head = [line for line in text.split("\n")[:20] if line.strip()]
    counts = {mark: [len(re.sub(r'"[^"]*"', "", line).split(mark)) - 1 for line in head] for mark in ",;\t|"}
    return max(counts, key=lambda mark: (sum(count > 0 for count in counts[mark]), min(counts[mark], default=0)))
