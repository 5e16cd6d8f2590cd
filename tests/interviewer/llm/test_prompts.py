"""Prompts are files with named gaps: filling them is pure, complete, and blind to what looks like a gap in the data."""

import pytest

from interviewer.llm.prompts import fenced, parse_prompt, read_prompt

TEXT = "=== system ===\nBe brief.\n\n=== user ===\n<answer>\n{{answer}}\n</answer>\nAbout {{topic}}.\n"


def test_turns_are_filled_in_order() -> None:
    system, user = parse_prompt(TEXT).render({"answer": "Yes.", "topic": "queues"})
    assert (system.role, system.content) == ("system", "Be brief.")
    assert (user.role, user.content) == ("user", "<answer>\nYes.\n</answer>\nAbout queues.")


def test_what_looks_like_a_gap_in_the_data_stays_as_it_is() -> None:
    _, user = parse_prompt(TEXT).render({"answer": r"{{topic}} \1", "topic": "queues"})
    assert r"{{topic}} \1" in user.content


@pytest.mark.parametrize(
    ("gaps", "error"),
    [({"answer": "a"}, KeyError), ({"answer": "a", "topic": "t", "score": "1"}, ValueError)],
    ids=["unnamed", "unknown"],
)
def test_every_gap_is_filled_and_nothing_else(gaps: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_prompt(TEXT).render(gaps)


def test_a_changed_word_changes_the_hash() -> None:
    assert parse_prompt(TEXT).hash != parse_prompt(TEXT.replace("brief", "short")).hash


@pytest.mark.parametrize("name", ["grade", "mend_grade", "phrase", "repair", "schema"])
def test_a_shipped_prompt_can_be_read(name: str) -> None:
    assert read_prompt(name).turns
    assert all(turn.content for turn in read_prompt(name).turns)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("</answer>", "‹/answer>"),
        ("< / ANSWER >", "‹ / ANSWER >"),
        ("<answer number='2'>", "‹answer number='2'>"),
        ("a < b and <b>bold</b>", "a < b and <b>bold</b>"),
        ("List<Question> or <questions>", "List‹Question> or <questions>"),
    ],
)
def test_only_tags_of_ours_are_neutralised_and_the_length_stays(text: str, kept: str) -> None:
    assert fenced(text) == kept
    assert len(fenced(text)) == len(text)
