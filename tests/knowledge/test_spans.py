"""Spans: sentences keep their offsets, windows neighbour, quotes are found whatever the white space."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.spans import MOST_WORDS, Span, find_quote, sentences, windows


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One. Two! Three?", ["One.", "Two!", "Three?"], id="stops"),
        pytest.param("first thing. second thing", ["first thing.", "second thing"], id="lower case typed in a hurry"),
        pytest.param(
            "Use e.g. a pool, i.e. share them. Done.", ["Use e.g. a pool, i.e. share them.", "Done."], id="e.g."
        ),
        pytest.param("Logs, metrics etc. Then traces.", ["Logs, metrics etc.", "Then traces."], id="etc. closes"),
        pytest.param("Logs, metrics etc. are kept.", ["Logs, metrics etc. are kept."], id="etc. goes on"),
        pytest.param("See fig. 3 first. It is no. 1.", ["See fig. 3 first.", "It is no. 1."], id="numbered"),
        pytest.param("Is it? no. Never.", ["Is it?", "no.", "Never."], id="the word no"),
        pytest.param("It takes 3.5 ms. Fine.", ["It takes 3.5 ms.", "Fine."], id="decimals"),
        pytest.param("See https://a.example/b.c?d=1. Go on.", ["See https://a.example/b.c?d=1.", "Go on."], id="URLs"),
        pytest.param("Node.js is asynchronous. Yes.", ["Node.js is asynchronous.", "Yes."], id="names with dots"),
        pytest.param("bind the values.Then run it.", ["bind the values.", "Then run it."], id="no space after a stop"),
        pytest.param("Call `a. b. c` twice. Ok.", ["Call `a. b. c` twice.", "Ok."], id="inline code"),
        pytest.param(
            "So:\n```sql\nSELECT 1. FROM t;\n```\nEnd", ["So:", "```sql\nSELECT 1. FROM t;\n```", "End"], id="a fence"
        ),
        pytest.param("Two:\n- PUT is\n- POST is not", ["Two:", "PUT is", "POST is not"], id="bullets"),
        pytest.param("1. first\n2) second\n(3) third", ["first", "second", "third"], id="numbers"),
        pytest.param("Short line\nAnother line", ["Short line", "Another line"], id="lines of a list"),
        pytest.param(
            "a line that an editor has wrapped\ngoes on here. Next",
            ["a line that an editor has wrapped\ngoes on here.", "Next"],
            id="wrapped",
        ),
        pytest.param("caching\nindexes", ["caching", "indexes"], id="a list in small letters"),
        pytest.param("one\n\ntwo", ["one", "two"], id="a blank line"),
        pytest.param("  \n\t ", [], id="nothing"),
    ],
)
def test_a_text_falls_into_sentences(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_a_page_without_a_stop_is_cut_at_its_spaces() -> None:
    text = "so  then " * 1_000
    spans = sentences(text)
    assert max(len(text[span.start : span.end].split()) for span in spans) == MOST_WORDS
    assert " ".join(text[span.start : span.end] for span in spans).split() == text.split()


@given(st.text(max_size=300))
def test_sentences_are_in_order_apart_and_lose_no_word(text: str) -> None:
    spans = sentences(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(text[s.start : s.end].strip() == text[s.start : s.end] != "" for s in spans)
    kept = "".join(text[s.start : s.end] for s in spans)
    assert {c for c in text if c.isalpha()} <= set(kept) | set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def test_windows_are_runs_of_neighbours() -> None:
    spans = (Span(0, 3), Span(4, 8), Span(9, 12))
    assert windows(spans, 2) == (Span(0, 8), Span(4, 12))
    assert windows(spans, 5) == (Span(0, 12),)
    assert windows((), 2) == ()


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [
        pytest.param("send it as data", "as data", Span(8, 15), id="exact"),
        pytest.param("send  it\n as data", "send it as", Span(0, 12), id="white space differs"),
        pytest.param("a (b) c", "(b)", Span(2, 5), id="no pattern"),
        pytest.param("send it", "sent it", None, id="other words"),
        pytest.param("send it", "  ", None, id="empty"),
    ],
)
def test_a_quote_is_found_exactly(text: str, quote: str, expected: Span | None) -> None:
    assert find_quote(text, quote) == expected
