"""What a person keeps of an interview as Markdown, where no mark was given."""

import pytest
from markdown_it import MarkdownIt

from interviewer.export import plain, quoted, to_markdown
from interviewer.models import Finish, LeaveUnmarked
from knowledge.models import Question, Source
from tests.factories import Log, question, ungraded

HARMLESS = {"inline", "text", "text_special", "softbreak", "hardbreak"}
AROUND = {"paragraph_open", "paragraph_close", "blockquote_open", "blockquote_close"}


def kinds(markdown: str) -> set[str]:
    """What a renderer makes of it."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)
    return {child.type for token in tokens for child in (token, *(token.children or ()))}


def exported(asked: Question) -> str:
    log = Log().started().asked(asked).replied("One.", {"one": "covered"})
    return to_markdown(log.said(Finish(reason="completed")).finished().events)


def test_a_question_left_unmarked_comes_with_a_list_to_check_oneself_by() -> None:
    log = Log().started().asked().answered().marked(ungraded("needs_model")).said(LeaveUnmarked(reason="needs_model"))
    text = to_markdown(log.said(Finish(reason="completed")).finished().events)
    assert "- [ ] core: The answer names one." in text
    assert "- [ ] The answer names three." in text
    assert "A model answer to q." in text


def test_a_task_in_sql_keeps_the_lines_of_its_tables() -> None:
    task = question(kind="sql", ddl="CREATE TABLE t (\n  id INTEGER\n);\n", datasets=(), reference="SELECT 1")
    assert "```sql\nCREATE TABLE t (\n  id INTEGER\n);\n```" in to_markdown(Log().started().asked(task).events)


@pytest.mark.parametrize(
    ("status", "url", "linked"),
    [
        pytest.param("reviewed", "https://a.example/b", "](https://a.example/b)", id="reviewed"),
        pytest.param("draft", "https://a.example/b", None, id="somebody's document"),
        pytest.param("reviewed", "javascript:alert(1)", None, id="no web address"),
        pytest.param(
            "reviewed", "https://a.example/b) [c](d", "](https://a.example/b%29%20%5Bc%5D%28d)", id="brackets"
        ),
    ],
)
def test_sources_are_linked_as_on_the_screen(status: str, url: str, linked: str | None) -> None:
    source = Source(title="A handbook", url=url)
    asked = question(status=status, sources=(source,))
    points = tuple(point.model_copy(update={"source": source}) for point in asked.points)
    text = exported(asked.model_copy(update={"points": points}))
    assert f"Read on: {f'[A handbook{linked}' if linked else 'A handbook'}\n" in text
    assert f"Source: {f'[A handbook{linked}' if linked else 'A handbook'}\n" in text
    assert "javascript" not in text


@pytest.mark.parametrize(
    "words",
    [
        "&lt;b&gt; &copy;",
        "- one\n- two",
        "+ one",
        "1. one\n2) two",
        "A line\n---",
        "A line\n===",
        "  - indented",
        "# no heading\n> no quote\n[no](link) <b>no</b> *no* `no` ~~no~~ | no",
        "-1 and 1.5 and 1.",
    ],
)
def test_somebodys_words_format_nothing(words: str) -> None:
    for markdown in (plain(words), quoted(words)):
        assert kinds(markdown) <= HARMLESS | AROUND
        shown = MarkdownIt().render(markdown)
        for line in words.splitlines():
            assert line.strip().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in shown
