"""Anybody's words become Markdown that shows them to the letter, and names and marks read as a person says them."""

from datetime import timedelta

import pytest
from markdown_it import MarkdownIt

from interviewer.export import SIGNS
from interviewer.models import Mark
from knowledge.models import Source
from tests.factories import NOW, SOURCE, question
from ui.render import (
    VERDICTS,
    ago,
    badge,
    band_and_range,
    cite,
    flowing,
    headed,
    letters,
    put,
    topic_name,
    words,
    worked,
)

JOINER = "\u2060"


def shown(markdown: str) -> str:
    """What a Markdown renderer makes of it, as bare text; anything but text, code and line breaks is an error."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    inline = [child for token in tokens for child in (token.children or [token])]
    kinds = {token.type for token in inline}
    allowed = {"text", "softbreak", "hardbreak", "code_inline", "fence", "paragraph_open", "paragraph_close", "inline"}
    assert kinds <= allowed, kinds - allowed
    return "".join("\n" if "break" in token.type else token.content for token in inline).replace(JOINER, "")


@pytest.mark.parametrize(
    "text",
    [
        "![tracker](http://evil.example/x.png)",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "$x^2$ and $$y$$",
        "**bold** _thin_ ~~gone~~",
        "# heading",
        "- item",
        "1. item",
        "> quote",
        "a | b",
        "&amp; &lt;",
        "---",
        ":red[colour] :material/check: :streamlit:",
        "back\\slash",
        "http://evil.example www.evil.example me@evil.example",
        "a -> b <- c <-> d -- e >= f ~= g",
    ],
)
def test_signs_stand_for_themselves(text: str) -> None:
    assert shown(words(text)) == text
    assert shown(letters(text)) == text


@pytest.mark.parametrize("enticing", ["http://x.example", "www.x.example", "me@x.example", ":tada:", ":material/home:"])
def test_what_streamlit_looks_for_after_parsing_is_broken_up(enticing: str) -> None:
    assert enticing not in words(enticing).replace("\\", "")


@pytest.mark.parametrize("arrow", ["->", "<-", "<->", "--", ">=", "<=", "~="])
def test_arrows_are_not_made_pretty(arrow: str) -> None:
    assert arrow not in words(f"a {arrow} b").replace("\\", "")


def test_code_between_backticks_is_code_and_nothing_else() -> None:
    tokens = MarkdownIt("commonmark").parseInline(words("Use `a[0] ** b` here"))[0].children or []
    assert [token.content for token in tokens if token.type == "code_inline"] == ["a[0] ** b"]


def test_a_fenced_block_stays_a_block_and_cannot_be_left_early() -> None:
    tokens = MarkdownIt("commonmark").parse(words("Look:\n```sql\nSELECT 1;\n````\n![](http://evil.example)\n```"))
    assert [token.content for token in tokens if token.type == "fence"] == [
        "SELECT 1;\n````\n![](http://evil.example)\n"
    ]


def test_lines_and_indentation_are_kept() -> None:
    assert shown(words("one\n    two")) == "one\n\u00a0\u00a0\u00a0\u00a0two"


def test_a_quote_is_one_line() -> None:
    assert shown(letters("one\n\n  two `three`")) == "one two `three`"


def test_only_the_first_line_is_a_heading() -> None:
    assert headed("What is this?\n```\ncode\n```", "**{}**").startswith("**What is this\\?**\n\n")


def test_of_a_long_line_only_the_first_sentence_is_a_heading() -> None:
    text = f"Write a query. {'It has many conditions. ' * 12}"
    assert headed(text, "**{}**").startswith("**Write a query\\.**\n\nIt has many conditions\\.")
    assert headed("Short. Both bold.", "**{}**") == "**Short\\. Both bold\\.**"


def test_a_task_in_sql_stands_below_its_tables() -> None:
    ddl = "CREATE TABLE t (\n  id INTEGER          -- its number\n);\n"
    task = question(kind="sql", text="Count them.", ddl=ddl, datasets=(), reference="SELECT 1", dialect="mysql")
    expected = (
        "A task in MySQL, over these tables:\n\n```sql\nCREATE TABLE t (\n  id INTEGER  -- its number\n);\n```\n\n"
    )
    assert put(task, "**{}**") == f"{expected}**Count them\\.**"


def test_a_model_answer_in_sql_starts_with_its_statement() -> None:
    assert worked("SELECT 1\nFROM t;\n\nBecause.", "sql") == "```sql\nSELECT 1\nFROM t;\n```\n\nBecause\\."


LONG = "A line that a file's width has broken, for it has more than sixty signs"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"{LONG}\n{LONG}\nand an end.", f"{LONG} {LONG} and an end.", id="a paragraph"),
        pytest.param(f"{LONG}\n\nAnother.", f"{LONG}\n\nAnother.", id="two paragraphs"),
        pytest.param(f"{LONG}\n- one\n2. two", f"{LONG}\n- one\n2. two", id="a list"),
        pytest.param("Short\nlines", "Short\nlines", id="lines that were meant"),
        pytest.param(f"```\n{LONG}\n{LONG}\n```", f"```\n{LONG}\n{LONG}\n```", id="code"),
    ],
)
def test_only_the_breaks_of_a_narrow_file_are_undone(text: str, expected: str) -> None:
    assert flowing(text) == expected


@pytest.mark.parametrize(
    ("source", "linked", "expected"),
    [
        pytest.param(SOURCE, True, "[A handbook](https://handbook.example/chapter)", id="reviewed"),
        pytest.param(SOURCE, False, "A handbook", id="somebody's document"),
        pytest.param(Source(title="A [book]", locator="p. 3"), True, "A \\[book\\]\\, p\\. 3", id="no address"),
        pytest.param(Source(title="X", url="javascript:alert(1)"), True, "X", id="no web address"),
        pytest.param(
            Source(title="X", url="https://a.example/b(c) d"),
            True,
            "[X](https://a.example/b%28c%29%20d)",
            id="brackets",
        ),
    ],
)
def test_sources_are_linked_only_where_they_were_reviewed(source: Source, linked: bool, expected: str) -> None:
    assert cite(source, linked=linked) == expected


@pytest.mark.parametrize("verdict", VERDICTS)
def test_each_verdict_has_an_icon_and_the_word_that_the_exports_use(verdict: str) -> None:
    sign = VERDICTS[verdict]  # pyright: ignore[reportArgumentType]
    assert sign.icon.startswith(":material/")
    assert SIGNS[verdict].endswith(sign.word)  # pyright: ignore[reportArgumentType]
    assert sign.word in badge(verdict)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (Mark(score=0.7, low=0.66, high=0.8, band="Good", too_close=False), "Good · 66% to 80%"),
        (Mark(score=0.7, low=0.6, high=0.8, band="Good", too_close=True), "Good, too close to call · 60% to 80%"),
        (
            Mark(score=0.7, low=0.6, high=0.8, band=None, too_close=False),
            "No band: a core point could not be marked · 60% to 80%",
        ),
    ],
    ids=["clear", "close", "none"],
)
def test_a_band_comes_with_its_doubt(mark: Mark, expected: str) -> None:
    assert band_and_range(mark) == expected


@pytest.mark.parametrize(
    ("passed", "expected"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=30), "3 October 2026"),
    ],
)
def test_time_is_told_as_one_says_it(passed: timedelta, expected: str) -> None:
    assert ago(NOW - passed, NOW) == expected


def test_topics_have_names() -> None:
    assert [topic_name(slug) for slug in ("http-apis", "sql", "system-design")] == ["HTTP APIs", "SQL", "System design"]
