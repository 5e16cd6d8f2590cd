"""A second look near a band's edge: when it is taken, what the two come to together, and how both are told."""

import pytest

from interviewer.grading.cross_check import CrossCheckedGrader
from interviewer.grading.port import EVERY_KIND, GradingTask
from interviewer.grading.second_opinion import SecondOpinionGrader, near_an_edge, settle
from interviewer.models import Grade, GraderInfo, Marking, Ungraded, VerdictName
from knowledge.models import Kind
from tests.factories import answer, core, grade, misconception, question

POINTS = tuple(core(name, 2) for name in ("a", "b", "c", "d", "e"))
ASKED = question("q", POINTS, misconceptions=[misconception("m", ["a"])])
GIVEN = answer()
TASK = GradingTask(question=ASKED, points=ASKED.points, answers=(GIVEN,))
GOOD_EDGE: dict[str, VerdictName] = {"a": "covered", "b": "covered", "c": "covered", "d": "missing", "e": "missing"}
"""0.6 of the weight, within 0.05 of 0.65."""


class Fixed:
    """A grader that always comes to the same marking."""

    def __init__(self, marking: Marking, name: str = "llm", seed: int = 0, kinds: frozenset[Kind] = EVERY_KIND) -> None:
        self.info = GraderInfo(name=name, version="1", model="openai/m", seed=seed)
        self.kinds = kinds
        self.marking = marking.model_copy(update={"grader": self.info}) if isinstance(marking, Grade) else marking
        self.asked = 0

    def grade(self, task: GradingTask) -> Marking:
        self.asked += 1
        return self.marking


def marked(shown: dict[str, VerdictName], *, asserted: tuple[str, ...] = (), confidence: float = 0.9) -> Grade:
    return grade(ASKED, shown, given=GIVEN, asserted=asserted, confidence=confidence)


def settled(first: Grade, second: Marking) -> Grade:
    marking = SecondOpinionGrader(Fixed(first), Fixed(second, seed=1)).grade(TASK)
    assert isinstance(marking, Grade)
    return marking


@pytest.mark.parametrize(
    ("covered", "near"),
    [
        pytest.param("abcde", False, id="1.0"),
        pytest.param("abcd", True, id="0.8 by 0.85"),
        pytest.param("abc", True, id="0.6 by 0.65"),
        pytest.param("ab", True, id="0.4"),
        pytest.param("a", False, id="0.2"),
        pytest.param("", False, id="0"),
    ],
)
def test_only_a_score_close_to_an_edge_is_looked_at_twice(covered: str, near: bool) -> None:
    first = marked(dict.fromkeys(covered, "covered"))
    assert near_an_edge(TASK, first) is near
    second = Fixed(first, seed=1)
    SecondOpinionGrader(Fixed(first), second).grade(TASK)
    assert second.asked == near


def test_agreement_keeps_every_verdict_and_says_so() -> None:
    first = marked(GOOD_EDGE)
    both = settled(first, marked(GOOD_EDGE, confidence=0.4))
    assert both.verdicts == first.verdicts
    assert both.grader.note == "close to a band's edge: a second opinion by openai/m (seed 1) agrees"


@pytest.mark.parametrize(
    ("mine", "other", "kept"),
    [
        ("covered", "missing", "covered"),
        ("missing", "covered", "covered"),
        ("covered", "partial", "covered"),
        ("missing", "partial", "partial"),
        ("contradicted", "missing", "missing"),
        ("unmarked", "missing", "missing"),
        ("unmarked", "contradicted", "contradicted"),
        ("missing", "unmarked", "missing"),
    ],
)
def test_disagreement_takes_the_milder_verdict_with_its_words_and_lowers_confidence(
    mine: VerdictName, other: VerdictName, kept: VerdictName
) -> None:
    both = settle(marked({**GOOD_EDGE, "d": mine}), marked({**GOOD_EDGE, "d": other}))
    verdict = both.verdicts[3]
    assert (verdict.verdict, verdict.confidence) == (kept, 0.5)
    assert (verdict.evidence is not None) == (kept in ("covered", "partial", "contradicted"))
    assert f"d {mine} or {other}" in (both.grader.note or "")


def test_a_misconception_is_held_against_somebody_only_where_both_see_it() -> None:
    seen, unseen = marked({**GOOD_EDGE, "d": "partial"}, asserted=("m",)), marked({**GOOD_EDGE, "d": "partial"})
    assert near_an_edge(TASK, seen)
    [belief] = settled(seen, unseen).beliefs
    assert (belief.asserted, belief.evidence, belief.confidence) == (False, None, 0.5)
    assert settled(seen, seen).beliefs[0].asserted


def test_where_no_second_opinion_is_to_be_had_the_first_stands_and_says_so() -> None:
    both = settled(marked(GOOD_EDGE), Ungraded(reason="unavailable", detail="the server is down"))
    assert both.verdicts == marked(GOOD_EDGE).verdicts
    assert "no second opinion was to be had: the server is down" in (both.grader.note or "")


# ── Beside the built-in grader ───────────────────────────────────────────────────────────────────────────────


def checked(mine: Grade, seen: Marking, kinds: frozenset[Kind] = EVERY_KIND) -> Marking:
    return CrossCheckedGrader(Fixed(mine), Fixed(seen, "local", kinds=kinds)).grade(TASK)


@pytest.mark.parametrize(
    ("mine", "seen", "confidence", "flag"),
    [
        ("covered", "missing", 0.9, "not shown"),
        ("missing", "covered", 0.9, "covered"),
        ("covered", "missing", 0.7, None),
        ("covered", "partial", 0.9, None),
        ("missing", "contradicted", 0.9, None),
        ("unmarked", "covered", 0.9, None),
        ("covered", "unmarked", 0.9, None),
    ],
)
def test_a_sure_difference_about_credit_is_flagged_and_nothing_is_overridden(
    mine: VerdictName, seen: VerdictName, confidence: float, flag: str | None
) -> None:
    first = marked({"a": mine})
    marking = checked(first, marked({"a": seen}, confidence=confidence))
    assert isinstance(marking, Grade)
    note = f"The built-in grader sees this differently: {flag}." if flag else None
    assert [verdict.note for verdict in marking.verdicts] == [note, None, None, None, None]
    assert [v.model_copy(update={"note": None}) for v in marking.verdicts] == list(first.verdicts)


def test_what_the_built_in_grader_cannot_mark_it_is_not_asked_about() -> None:
    first = marked({"a": "covered"})
    local = Fixed(marked({}), "local", kinds=frozenset({"design"}))
    marking = CrossCheckedGrader(Fixed(first), local).grade(TASK)
    assert isinstance(marking, Grade)
    assert (local.asked, marking.verdicts) == (0, first.verdicts)


def test_a_grader_that_fails_is_checked_by_nobody() -> None:
    failed = Ungraded(reason="unavailable", detail="the server is down")
    local = Fixed(marked({}), "local")
    assert CrossCheckedGrader(Fixed(failed), local).grade(TASK) == failed
    assert local.asked == 0
