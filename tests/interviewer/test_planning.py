"""Which questions are planned, and in which order."""

import pytest

from interviewer.grading.port import EVERY_KIND
from interviewer.models import Setup
from interviewer.planning import SPARES, plan
from knowledge.bank import read_bank
from knowledge.models import PERSONAL_KINDS, Kind, Level, Question
from tests.factories import core, question

TOPICS = ("databases", "http-apis", "security", "system-design")
KINDS: tuple[Kind, ...] = ("concept", "comparison", "debugging", "scenario")
BANK = [
    *(question(f"{topic}-{kind}", topic=topic, kind=kind) for topic in TOPICS for kind in KINDS),
    *(question(f"life-{kind}", topic="working-life", kind=kind) for kind in sorted(PERSONAL_KINDS)),
]
BY_ID = {one.id: one for one in BANK}


def planned(
    setup: Setup,
    questions: list[Question] = BANK,
    history: tuple[str, ...] = (),
    markable: frozenset[Kind] | None = None,
) -> list[Question]:
    """The questions that would be asked, without the spares."""
    known = {one.id: one for one in questions}
    return [known[id] for id in plan(questions, setup, history, markable).question_ids[: setup.length]]


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    plans = [plan(BANK, Setup(seed=seed)).question_ids for seed in (1, 1, 2)]
    assert plans[0] == plans[1] != plans[2]


def test_the_order_of_the_questions_given_does_not_matter() -> None:
    assert plan(BANK, Setup(seed=3)) == plan(BANK[::-1], Setup(seed=3))


def test_topics_and_kinds_are_spread() -> None:
    for seed in range(20):
        chosen = planned(Setup(length=4, seed=seed))
        assert len({one.topic for one in chosen}) == 4
        assert len({one.kind for one in chosen}) == 4


def test_at_most_one_question_in_four_is_personal_and_none_of_the_first_three() -> None:
    for seed in range(20):
        chosen = planned(Setup(length=16, seed=seed))
        personal = [place for place, one in enumerate(chosen) if one.kind in PERSONAL_KINDS]
        assert 0 < len(personal) <= 4
        assert all((number + 1) * 4 <= place + 1 for number, place in enumerate(personal))


def test_a_topic_asked_for_lifts_the_limit_on_personal_questions() -> None:
    chosen = planned(Setup(length=4, topics=("working-life",)))
    assert len(chosen) == 4
    assert all(one.kind in PERSONAL_KINDS for one in chosen)


MARKABLE: frozenset[Kind] = frozenset(KINDS)
TASK = {"ddl": "", "datasets": (), "reference": "SELECT 1"}
WITH_SQL = [*BANK, *(question(f"sql-{n}", topic="sql", kind="sql", **TASK) for n in range(3))]


@pytest.mark.parametrize(
    ("topics", "length", "unmarked"),
    [
        pytest.param((), 8, 0, id="others are left"),
        pytest.param((), 18, 2, id="no others are left"),
        pytest.param(("sql",), 3, 3, id="their topic is asked for"),
        pytest.param(("working-life",), 2, 2, id="the personal topic is asked for"),
        pytest.param(("sql", "security"), 4, 2, id="in turn with another topic asked for"),
    ],
)
def test_what_the_grader_cannot_mark_comes_last_unless_its_topic_is_asked_for(
    topics: tuple[str, ...], length: int, unmarked: int
) -> None:
    for seed in range(10):
        chosen = planned(Setup(length=length, topics=topics, seed=seed), WITH_SQL, markable=MARKABLE)
        marked = [one.kind in MARKABLE for one in chosen]
        assert marked.count(False) == unmarked
        assert topics or marked == sorted(marked, reverse=True)


def test_with_a_grader_that_marks_every_kind_none_comes_last() -> None:
    chosen = planned(Setup(length=6), WITH_SQL, markable=EVERY_KIND)
    assert {"sql", "working-life"} < {one.topic for one in chosen}


def test_topics_not_asked_for_are_left_out() -> None:
    assert {BY_ID[id].topic for id in plan(BANK, Setup(topics=("security",))).question_ids} == {"security"}


def test_an_interview_opens_with_a_plain_technical_question() -> None:
    assert all(planned(Setup(seed=seed))[0].kind in ("concept", "comparison") for seed in range(20))


def test_the_level_fits_and_what_is_too_hard_comes_last() -> None:
    levels: tuple[Level, ...] = ("junior", "mid", "senior")
    bank = [question(f"{level}-{n}", level=level) for level in levels for n in range(3)]
    chosen = planned(Setup(level="mid", length=9), bank)
    assert [one.level for one in chosen] == ["mid"] * 3 + ["junior"] * 3 + ["senior"] * 3


def test_drafts_take_part_only_when_wanted_and_after_the_reviewed() -> None:
    bank = [question("draft", status="draft"), question("reviewed")]
    assert [one.id for one in planned(Setup(), bank)] == ["reviewed"]
    assert [one.id for one in planned(Setup(drafts=True), bank)] == ["reviewed", "draft"]


def test_what_has_no_rubric_comes_last() -> None:
    bank = [question("bare", []), question("hard", [core("x", question="hard")], level="senior")]
    assert [one.id for one in planned(Setup(), bank)] == ["hard", "bare"]


def test_new_questions_come_before_those_asked_earlier_and_the_longest_ago_next() -> None:
    bank = [question(slug) for slug in ("a", "b", "c")]
    assert [one.id for one in planned(Setup(), bank, ("b", "a"))] == ["c", "b", "a"]


def test_no_text_is_asked_twice() -> None:
    bank = [question("a", text="What is  REST?"), question("b", text="what is rest?"), question("c")]
    assert {one.id for one in planned(Setup(), bank)} == {"a", "c"}


def test_another_language_is_left_out() -> None:
    assert plan([question("a", language="de")], Setup()).question_ids == ()


def test_a_plan_holds_spares_and_no_question_twice() -> None:
    ids = plan(BANK, Setup(length=3)).question_ids
    assert len(ids) == len(set(ids)) == 3 + SPARES


def near_bank(*, level: Level = "mid") -> list[Question]:
    """Two questions that are near each other, said on one side only, and two others."""
    return [
        question("one", near=("two",), topic="databases"),
        question("two", topic="security"),
        question("three", topic="databases", level=level),
        question("four", topic="databases", level=level),
    ]


@pytest.mark.parametrize("history", [(), ("three", "four"), ("one",), ("two", "three")], ids=str)
@pytest.mark.parametrize("level", ["mid", "senior"])
def test_of_near_questions_one_is_asked_while_others_are_left(level: Level, history: tuple[str, ...]) -> None:
    for seed in range(10):
        chosen = [one.id for one in planned(Setup(length=4, seed=seed), near_bank(level=level), history)]
        assert len(chosen) == 4
        assert chosen[3] in ("one", "two")
        assert set(chosen[:3]) > {"three", "four"}


def test_near_questions_meet_before_what_cannot_be_marked() -> None:
    bank = [*near_bank()[:2], question("story", kind="behavioural", topic="databases"), question("bare", [])]
    chosen = [one.id for one in planned(Setup(length=4, topics=("databases", "security")), bank)]
    assert chosen[-1] == "bare"
    with_kinds = planned(Setup(length=3), [*bank[:2], question("task", kind="sql", **TASK)], markable=MARKABLE)
    assert with_kinds[-1].id == "task"


def test_no_interview_of_the_shipped_bank_asks_two_near_questions() -> None:
    bank = read_bank().questions
    pairs = [{one.id, other} for one in bank for other in one.near]
    assert len(pairs) > 30
    for seed in range(20):
        chosen = {one.id for one in planned(Setup(length=20, seed=seed), list(bank))}
        assert not [pair for pair in pairs if pair <= chosen]
