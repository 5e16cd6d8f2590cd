"""Reads the shipped questions and study notes. All that is wrong in any file is reported at once."""

import hashlib
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import ValidationError

from knowledge.bank_entries import Expansion
from knowledge.models import QUESTION, Document, Question, Source, Value, follow_ups

BANK = Path(__file__).parent / "bank"
NOTES = Path(__file__).parent / "notes"

_FILE_FIELDS = frozenset({"topic", "sources", "questions"})
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it was built in: ten times faster


class Problem(Value):
    """One thing to mend: in which file, at which entry (a question's or source's key) and which of its fields."""

    file: str
    entry: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{' · '.join(part for part in (self.file, self.entry, self.field) if part)}: {self.message}"


class BankError(Exception):
    """The bank cannot be used. `problems` holds every bad field of every file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{len(self.problems)} to mend in the question bank:\n{lines}")


class Bank(Value):
    """All questions of the bank, file by file in the order of their names."""

    questions: tuple[Question, ...]

    @property
    def revision(self) -> str:
        """Changes with any edit to any question, and with nothing else."""
        revisions = "".join(sorted(question.id + question.revision for question in self.questions))
        return hashlib.sha256(revisions.encode()).hexdigest()[:16]


def read_bank(folder: Path = BANK) -> Bank:
    """Raises BankError with all problems of all files."""
    questions: list[Question] = []
    problems: list[Problem] = []
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        problems.append(Problem(file=folder.name, entry="", field="", message=f"no *.yaml files in {folder}"))
    for path in paths:
        found, faults = _read_file(path)
        questions += found
        problems += faults
    problems += _repeated(questions)
    if problems:
        raise BankError(problems)
    return Bank(questions=tuple(questions))


def read_notes(folder: Path = NOTES) -> tuple[Document, ...]:
    """The study notes, in the order of their names. Raises DocumentError."""
    # The readers of documents take a tenth of a second to load: no chat waits for them.
    from knowledge.documents import read_document

    return tuple(read_document(path) for path in sorted(folder.glob("*.md")))


def _read_file(path: Path) -> tuple[list[Question], list[Problem]]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=UniqueKeys)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return [], [Problem(file=path.name, entry="", field="", message=f"cannot be read as YAML: {error}")]
    shape = _wrong_shape(content)
    if shape:
        return [], [Problem(file=path.name, entry="", field="", message=shape)]
    sources, problems = read_sources(path.name, content.get("sources") or {})
    questions: list[Question] = []
    for number, entry in enumerate(content["questions"], start=1):
        name = str(entry.get("id", f"question {number}")) if isinstance(entry, dict) else f"question {number}"
        expanded = Expansion(content["topic"], sources).question(entry)
        try:
            questions.append(QUESTION.validate_python(expanded))
        except ValidationError as error:
            problems += [Problem(file=path.name, entry=name, **fault) for fault in faults(error, expanded)]
    return questions, problems


def _wrong_shape(content: Any) -> str | None:
    if not isinstance(content, dict) or set(cast(dict[str, Any], content)) - _FILE_FIELDS:
        return f"a file holds {', '.join(sorted(_FILE_FIELDS))} and nothing else"
    fields = cast(dict[str, Any], content)
    if not isinstance(fields.get("topic"), str):
        return "'topic' is missing, or no text"
    if not isinstance(fields.get("sources") or {}, dict):
        return "'sources' maps keys to sources"
    if not isinstance(fields.get("questions"), list) or not fields["questions"]:
        return "'questions' is missing, or no list"
    return None


def read_sources(file: str, entries: Mapping[str, Any]) -> tuple[dict[str, Source], list[Problem]]:
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for key, entry in entries.items():
        try:
            sources[key] = Source.model_validate(entry)
        except ValidationError as error:
            problems += [Problem(file=file, entry=f"source {key}", **fault) for fault in faults(error, entry)]
    return sources, problems


def faults(error: ValidationError, entry: Any) -> list[dict[str, str]]:
    """Pydantic's errors as fields and messages of Problems, with ids in place of list positions."""
    return [
        {"field": _path(fault["loc"], entry), "message": _message(fault["msg"], fault["loc"], fault["input"])}
        for fault in error.errors(include_url=False)
    ]


def _message(said: str, place: tuple[int | str, ...], given: Any) -> str:
    if "source" in place[-1:] or "sources" in place[-2:]:
        return f"unknown source {given!r}: its key has to stand under the file's 'sources'"
    return said.removeprefix("Value error, ")


def _path(place: tuple[int | str, ...], entry: Any) -> str:
    names: list[str] = []
    at: Any = entry
    for number, step in enumerate(place):
        if number == 0 and isinstance(at, dict) and step == cast(dict[str, Any], at).get("kind"):
            continue  # pydantic names the member of the union first
        try:
            at = at[step]
        except (KeyError, IndexError, TypeError):
            at = None
        named = cast(dict[str, Any], at).get("id") if isinstance(at, dict) and isinstance(step, int) else None
        names.append(str(named).rpartition("/")[2] if named else str(step))
    return ".".join(names)


def _repeated(questions: Iterable[Question]) -> list[Problem]:
    """Slugs must be unique over all files, parts' slugs in a question with its follow-ups."""
    questions = tuple(questions)
    counted = Counter(question.id for question in questions)
    problems = [
        Problem(file="", entry=slug, field="id", message=f"{times} questions have this id")
        for slug, times in counted.items()
        if times > 1
    ]
    for question in questions:
        parts = [*question.points, *question.misconceptions, *follow_ups(question)]
        ids = [part.id for part in parts] + [point.id for deeper in follow_ups(question) for point in deeper.points]
        problems += [
            Problem(file="", entry=question.id, field=id, message="this id occurs twice")
            for id, times in Counter(ids).items()
            if times > 1
        ]
    return problems


class UniqueKeys(_Loader):
    """Plain YAML lets a key's second value win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = [key for key, times in Counter(map(str, keys)).items() if times > 1]
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"'{twice[0]}' is given twice", node.start_mark)
        return cast(dict[Hashable, Any], super().construct_mapping(node, deep=deep))
