"""Tells which columns or fields hold questions, options and answers, by their names and what is in them. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.asking import asks
from knowledge.blocks import BlockWriter
from knowledge.words import word_set

QUESTION_NAMES = word_set(
    "question questions q prompt instruction query front problem ask 问题 题目 問題 質問 pregunta preguntas frage "
    "fragen вопрос вопросы pergunta domanda"
)
ANSWER_NAMES = word_set(
    "answer answers a response output completion back solution solutions reply ans 答案 回答 解答 respuesta antwort "
    "ответ réponse reponse resposta risposta"
)
OPTION_NAMES = word_set("options choices alternatives distractors choice option 选项")
KEY_NAMES = word_set("correct key right")
EXPLANATION_NAMES = word_set("explanation explain rationale reason why description")

# A column without a name holds questions when this share of its cells asks.
ASKING_SHARE = 0.6
FEWEST_ROWS = 2

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_OPTION_COLUMN = re.compile(r"(?:option|choice|answer)?[\s_-]*[a-f1-6]")


@dataclass(frozen=True)
class Columns:
    """Places of the columns. `headed` says whether the first row only names them."""

    question: int
    answer: int | None
    options: tuple[int, ...] = ()
    explanation: int | None = None
    headed: bool = True


@dataclass(frozen=True)
class Row:
    """One question of a table."""

    question: str
    options: tuple[str, ...]
    answer: str | None
    rest: tuple[str, ...] = ()


def find_columns(rows: Sequence[Sequence[str]]) -> Columns | None:
    """None where no column holds questions."""
    if not rows or max(len(row) for row in rows) < 1:
        return None
    names = [simple_name(cell) for cell in rows[0]]
    question = next((i for i, name in enumerate(names) if names_question(name)), None)
    if question is not None and len(rows) > 1 and not asks(rows[0][question]) >= 1:
        keys = [i for i, name in enumerate(names) if i != question and names_answer(name)]
        options = tuple(i for i, name in enumerate(names) if i not in keys and _OPTION_COLUMN.fullmatch(name))
        reasons = [i for i, name in enumerate(names) if i not in (question, *keys) and _named(name, EXPLANATION_NAMES)]
        key, reason = keys[0] if keys else None, reasons[0] if reasons else None
        return Columns(question, key, options if len(options) > 1 else (), reason)
    return _by_content(rows)


def read_rows(rows: Sequence[Sequence[str]], columns: Columns) -> list[Row | None]:
    """A row for each, in order; None for one without a question."""
    return [_read_row(row, columns) for row in rows]


def simple_name(text: str) -> str:
    """Its words, those of "correctAnswer" and "correct_answer" alike."""
    return " ".join(re.findall(r"\w+", _CAMEL.sub(" ", text).lower().replace("_", " ")))


def names_question(name: str) -> bool:
    return _named(name, QUESTION_NAMES) and not _named(name, word_set("id number no type count level"))


def names_answer(name: str) -> bool:
    return _named(name, ANSWER_NAMES) or _named(name, KEY_NAMES)


def write_rows(writer: BlockWriter, rows: Sequence[Sequence[str]], columns: Columns) -> None:
    """The rows as questions and answers, one after another."""
    if columns.headed:
        writer.add("paragraph", " | ".join(cell for cell in rows[0] if cell.strip()), role="furniture")
    for cells, row in zip(rows[columns.headed :], read_rows(rows[columns.headed :], columns), strict=True):
        if row is None:
            writer.add("paragraph", " | ".join(cell for cell in cells if cell.strip()))
        else:
            write_row(writer, row)


def write_row(writer: BlockWriter, row: Row) -> None:
    number = next((cell for cell in row.rest if re.fullmatch(r"\d{1,4}[.)]?", cell)), None)
    writer.add("paragraph", row.question, marker=number, role="question")
    for option in row.options:
        writer.add("item", option, marker="-", role="asked")
    for paragraph in re.split(r"\n\s*\n", row.answer or ""):
        writer.add("paragraph", paragraph.strip(), role="answer")
    beside = " | ".join(cell for cell in row.rest if cell != number and any(c.isalnum() for c in cell))
    writer.add("paragraph", beside, role="furniture")


def _named(name: str, names: frozenset[str]) -> bool:
    """Whether the name is one of these, or ends or begins with one: "model answer", "question text"."""
    words = name.split()
    return bool(words) and len(words) <= 4 and (words[-1] in names or words[0] in names)


def _by_content(rows: Sequence[Sequence[str]]) -> Columns | None:
    width = max(len(row) for row in rows)
    if len(rows) < FEWEST_ROWS:
        return None
    shares = [sum(asks(_cell(row, column)) >= 1 for row in rows) / len(rows) for column in range(width)]
    question = max(range(width), key=lambda column: shares[column])
    if shares[question] < ASKING_SHARE:
        return None
    words = [sum(len(_cell(row, column).split()) for row in rows) for column in range(width)]
    rest = [column for column in range(question + 1, width) if words[column] > len(rows)]
    answer = max(rest, key=lambda column: words[column]) if rest else None
    return Columns(question, answer, headed=False)


def _read_row(row: Sequence[str], columns: Columns) -> Row | None:
    question = _cell(row, columns.question)
    if not any(c.isalnum() for c in question):
        return None
    used = {columns.question, columns.answer, columns.explanation, *columns.options}
    options = tuple(text for column in columns.options if (text := _cell(row, column)))
    answer = _cell(row, columns.answer) if columns.answer is not None else ""
    reason = _cell(row, columns.explanation) if columns.explanation is not None else ""
    rest = tuple(cell.strip() for column, cell in enumerate(row) if column not in used and cell.strip())
    said = "\n\n".join(part for part in (keyed(answer, options), reason) if part)
    return Row(question, options, said or None, rest)


def keyed(answer: str, options: Sequence[str]) -> str:
    """A key that is a letter or a number tells which option is meant."""
    letter = re.fullmatch(r"\(?([A-Ha-h])[.)]?", answer.strip())
    if letter and (place := ord(letter[1].lower()) - ord("a")) < len(options):
        return options[place]
    return answer.strip()


def _cell(row: Sequence[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""
