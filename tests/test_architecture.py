"""Who may import whom, and where each vendor may be named: the map of the rooms, as a test."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("knowledge", "interviewer", "ui", "evals")
MAY_IMPORT = {
    "knowledge": {"knowledge"},
    "interviewer": {"interviewer", "knowledge"},
    "ui": {"ui", "interviewer", "knowledge"},
    "evals": {"evals", "interviewer", "knowledge"},
}

VENDOR_HOMES = {
    "chromadb": {"knowledge": 1},
    "onnxruntime": {"knowledge": 1},
    "sentence_transformers": {"knowledge": 1},
    "litellm": {"interviewer": 1},
    "sqlglot": {"interviewer": 1},
}
"""A vendor, the rooms that may name it, and in how many files of each at most."""

IMPURE_MODULES = {
    "os",
    "time",
    "random",
    "uuid",
    "secrets",
    "pathlib",
    "sqlalchemy",
    "subprocess",
    "socket",
    "requests",
}
IMPURE_CALLS = {"now", "utcnow", "today", "open"}


def imports(path: Path) -> Iterator[str]:
    """The full names of all modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def files(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    strangers = {
        f"{named(path)} imports {module}"
        for path in files(room)
        for module in imports(path)
        if (top := module.split(".")[0]) in (*ROOMS, "tests") and top not in MAY_IMPORT[room]
    }
    assert not strangers


@pytest.mark.parametrize("vendor", VENDOR_HOMES)
def test_a_vendor_is_named_in_one_file_of_its_room(vendor: str) -> None:
    homes = [
        named(path) for room in ROOMS for path in files(room) if vendor in {m.split(".")[0] for m in imports(path)}
    ]
    allowed = VENDOR_HOMES[vendor]
    assert {home.split("/")[0] for home in homes} == set(allowed), "nobody names it any more, or a stranger does"
    for room, most in allowed.items():
        assert len([home for home in homes if home.startswith(room)]) <= most, homes


def test_streamlit_is_named_only_under_ui() -> None:
    homes = {
        named(p).split("/")[0]
        for room in ROOMS
        for p in files(room)
        if any(m.startswith("streamlit") for m in imports(p))
    }
    assert homes <= {"ui"}


def test_an_sql_engine_is_made_in_one_file() -> None:
    makers = {
        named(path) for room in ROOMS for path in files(room) if "create_engine" in path.read_text(encoding="utf-8")
    }
    assert makers == {"knowledge/databases.py"}


def test_sql_is_spoken_where_rows_are_kept_and_nowhere_else() -> None:
    speakers = {
        named(path)
        for room in ROOMS
        for path in files(room)
        if path.parent.name != "versions" and "sqlalchemy" in {module.split(".")[0] for module in imports(path)}
    }
    assert speakers == {
        "knowledge/databases.py",
        "knowledge/catalogue_tables.py",
        "knowledge/catalogue.py",
        "interviewer/sql_store.py",
    }


def says_pure(path: Path) -> bool:
    """Whether the first words of a file claim it. "Pure but for ..." claims less."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return re.search(r"\bPure\b(?! but)", docstring) is not None


PURE = [named(path) for room in ("knowledge", "interviewer") for path in files(room) if says_pure(path)]
CORE = {
    "knowledge/models.py",
    "knowledge/spans.py",
    "knowledge/extraction.py",
    "knowledge/rubrics.py",
    "interviewer/models.py",
    "interviewer/events.py",
    "interviewer/state.py",
    "interviewer/policy.py",
    "interviewer/scoring.py",
    "interviewer/planning.py",
    "interviewer/standing.py",
    "interviewer/situation.py",
    "interviewer/closeness.py",
    "interviewer/marks.py",
    "interviewer/grade_view.py",
    "interviewer/export.py",
}
"""These stay pure: a docstring that stops saying so is no way out."""
ONLY_NOUNS = {"knowledge/ports.py", "interviewer/grading/port.py"}
"""Protocols, which hold no code: pure files may speak of them."""


BORROWED = {
    "knowledge/ingest_report.py": {"knowledge/library.py"},
    "knowledge/topics.py": {"knowledge/bank.py"},
    "interviewer/grading/evidence.py": {"interviewer/llm/prompts.py"},
}
"""Values and pure functions that stand in a file which also reads or writes. To be moved, not to be added to."""


def test_the_core_says_that_it_is_pure() -> None:
    assert set(PURE) >= CORE


@pytest.mark.parametrize("name", PURE)
def test_what_is_pure_rests_on_nothing_of_ours_that_is_not(name: str) -> None:
    ours = {f"{module.replace('.', '/')}.py" for module in imports(ROOT / name) if module.split(".")[0] in MAY_IMPORT}
    assert ours - {*PURE, *ONLY_NOUNS} == BORROWED.get(name, set())


@pytest.mark.parametrize("name", PURE)
def test_the_core_reaches_for_no_clock_no_chance_and_no_store(name: str) -> None:
    path = ROOT / name
    tops = {module.split(".")[0] for module in imports(path)}
    assert not tops & (IMPURE_MODULES | set(VENDOR_HOMES))
    calls = {
        node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
    }
    assert not calls & IMPURE_CALLS


def test_nothing_reads_the_environment_but_settings() -> None:
    """Two adapters also name it: what their vendors do by themselves is switched off there."""
    readers = {
        named(path)
        for room in ROOMS
        for path in files(room)
        if "os.environ" in path.read_text(encoding="utf-8") or "getenv" in path.read_text(encoding="utf-8")
    }
    assert readers <= {"interviewer/settings.py", "interviewer/llm/litellm.py", "knowledge/onnx.py"}
