"""The dialogue policy: a test for each row of its table by the row's name, its caps, and what must hold of all talk."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.models import (
    INTERVIEW_RULES,
    PRACTICE_RULES,
    WAITING,
    Advance,
    Assert,
    Challenge,
    Clarify,
    Control,
    Correct,
    Deepen,
    Finish,
    Hint,
    Intent,
    LeaveUnmarked,
    Mode,
    Move,
    OfferRetry,
    Probe,
    Prompt,
    Pump,
    Redirect,
    Rules,
    VerdictName,
)
from interviewer.policy import ROWS, next_move
from interviewer.scoring import mark_question
from knowledge.bank import read_bank
from knowledge.models import Question
from tests.factories import Log, core, follow_up, grade, misconception, point, question, ungraded

LONG = "An answer that goes on for a while, so that nobody would think of asking for more of the same words."


def opened(mode: Mode, asked: Question | None = None, rules: Rules | None = None, **started: object) -> Log:
    return Log().started(mode, rules=rules, **started).asked(asked)  # pyright: ignore


def decide(log: Log, later: timedelta = timedelta(0)) -> Move:
    started = log.state.started
    assert started
    return next_move(log.state, started.rules, log.at + later)


def go_on(log: Log) -> Move:
    """Decide and say until the candidate's turn, and return the last move."""
    for _ in range(20):
        move = decide(log)
        log.said(move)
        if move.kind in WAITING or isinstance(move, Advance | Finish):
            return move
    raise AssertionError("moves that do not wait follow each other without end")


def kinds(log: Log) -> list[str]:
    return [move.kind for move in log.state.current.moves]


SITUATED = question(
    kind="scenario",
    facts=[("traffic", "About 200 requests a second."), ("database", "One PostgreSQL server.")],
    follow_ups=[follow_up("ten-times", [core("shards")], level="mid")],
)
MISLED = question(misconceptions=[misconception("escaping", ["one"]), misconception("speed", penalty=2)])


def obey_control() -> tuple[Log, Move]:
    return opened("interview").pressed("skip"), Advance()


def grader_failed() -> tuple[Log, Move]:
    return opened("interview").answered().marked(ungraded()), OfferRetry(detail="the grader did not answer")


def time_up() -> tuple[Log, Move]:
    rules = Rules(interview_minutes=0.01)
    return opened("interview", rules=rules).replied(LONG, {"one": "partial"}), Finish(reason="time_up")


def redirect() -> tuple[Log, Move]:
    return opened("interview").replied(LONG, intent="off_topic"), Redirect(intent="off_topic")


def clarify() -> tuple[Log, Move]:
    log = opened("interview", SITUATED).replied("How much traffic do we get?", intent="asks")
    return log, Clarify(fact="About 200 requests a second.")


def challenge() -> tuple[Log, Move]:
    log = opened("interview", MISLED).replied(LONG, {"two": "partial"}, asserted=["escaping"])
    return log, Challenge(misconception_id="q/escaping")


def dont_know() -> tuple[Log, Move]:
    return opened("practice").replied("No idea.", intent="dont_know"), Hint(point_id="q/one")


def pump() -> tuple[Log, Move]:
    return opened("interview").replied("Several things."), Pump()


def probe_partial_core() -> tuple[Log, Move]:
    log = opened("interview").replied(LONG, {"two": "partial", "three": "partial"})
    return log, Probe(point_id="q/two")


def missing_core() -> tuple[Log, Move]:
    return opened("interview").replied(LONG, {"two": "covered", "three": "partial"}), Probe(point_id="q/one")


def deepen() -> tuple[Log, Move]:
    log = opened("interview", SITUATED).replied(LONG, {"one": "covered", "two": "covered", "three": "partial"})
    return log, Deepen(follow_up_id="q/ten-times")


def probe_partial_supporting() -> tuple[Log, Move]:
    log = opened("interview").replied(LONG, {"one": "covered", "two": "covered", "three": "partial"})
    return log, Probe(point_id="q/three")


def advance() -> tuple[Log, Move]:
    return opened("interview").replied(LONG, {"one": "covered", "two": "covered"}), Advance()


EXAMPLES = (
    obey_control,
    grader_failed,
    time_up,
    redirect,
    clarify,
    challenge,
    dont_know,
    pump,
    probe_partial_core,
    missing_core,
    deepen,
    probe_partial_supporting,
    advance,
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.__name__)
def test_a_row_makes_its_move(example: object) -> None:
    log, expected = example()  # pyright: ignore
    assert decide(log) == expected


def test_every_row_of_the_table_has_its_example_and_its_place() -> None:
    assert [row.__name__ for row in ROWS] == [example.__name__ for example in EXAMPLES]


# ── obey_control ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mode", "control", "expected"),
    [
        pytest.param("practice", "skip", Advance(), id="skip"),
        pytest.param("practice", "stop", Finish(reason="stopped"), id="stop"),
        pytest.param("practice", "hint", Hint(point_id="q/one"), id="hint"),
        pytest.param("interview", "hint", Hint(point_id="q/one"), id="hint in interview mode"),
        pytest.param("practice", "clarify", Clarify(fact=None), id="clarify without facts"),
    ],
)
def test_a_button_is_obeyed_before_any_answer(mode: Mode, control: Control, expected: Move) -> None:
    assert decide(opened(mode).pressed(control)) == expected


def test_free_text_is_never_a_control() -> None:
    assert decide(opened("practice").replied("skip")) == Pump()


def test_stop_before_the_first_question_finishes() -> None:
    assert decide(Log().started().pressed("stop")) == Finish(reason="stopped")


def test_hints_pressed_in_practice_climb_a_ladder_and_then_the_next() -> None:
    log = opened("practice")
    for _ in range(4):
        go_on(log.pressed("hint"))
    assert log.state.current.moves == (
        Hint(point_id="q/one"),
        Prompt(point_id="q/one"),
        Assert(point_id="q/one"),
        Hint(point_id="q/two"),
        Prompt(point_id="q/two"),
    )


def test_hints_pressed_in_interview_mode_never_teach() -> None:
    log = opened("interview")
    moves = [go_on(log.pressed("hint")) for _ in range(8)]
    assert [move.kind for move in moves] == ["hint", "prompt", "hint", "prompt", "hint", "prompt", "clarify", "clarify"]


def test_a_hint_goes_to_the_point_just_asked_about() -> None:
    log = opened("interview").replied(LONG, {"two": "partial"})
    assert go_on(log) == Probe(point_id="q/two")
    assert decide(log.pressed("hint")) == Hint(point_id="q/two")


def test_a_clarify_with_text_picks_the_fact_that_fits() -> None:
    log = opened("practice", SITUATED).pressed("clarify", "Which database is it?")
    assert decide(log) == Clarify(fact="One PostgreSQL server.")


def test_a_clarify_without_text_tells_the_next_fact_and_stops_at_the_cap() -> None:
    log = opened("practice", SITUATED)
    told = [go_on(log.pressed("clarify")) for _ in range(3)]
    assert told == [
        Clarify(fact="About 200 requests a second."),
        Clarify(fact="One PostgreSQL server."),
        Clarify(fact=None),
    ]


# ── grader_failed ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_failing_grader_is_offered_twice_and_then_the_question_stays_unmarked() -> None:
    log = opened("interview").answered().marked(ungraded())
    for _ in range(2):
        assert go_on(log).kind == "offer_retry"
        log.pressed("retry").marked(ungraded())
    assert go_on(log) == Advance()
    assert kinds(log) == ["offer_retry", "offer_retry", "leave_unmarked", "advance"]


@pytest.mark.parametrize("reason", ["no_rubric", "needs_model"])
def test_what_no_retry_can_mend_is_left_unmarked_at_once(reason: str) -> None:
    log = opened("interview").answered().marked(ungraded(reason))  # pyright: ignore
    assert go_on(log) == Advance()
    assert log.state.current.moves[0] == LeaveUnmarked(reason=reason)  # pyright: ignore


def test_a_retry_that_succeeds_goes_on_as_if_nothing_had_happened() -> None:
    log = opened("interview").answered(LONG).marked(ungraded())
    go_on(log)
    log.pressed("retry").marked(grade(question(), {"two": "covered"}))
    assert decide(log) == Probe(point_id="q/one")


# ── time_up ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_questions_time_ends_the_question_and_not_the_interview() -> None:
    log = opened("interview", rules=Rules(question_minutes=5)).replied(LONG)
    assert decide(log, timedelta(minutes=4)) == Probe(point_id="q/one")
    assert decide(log, timedelta(minutes=5)) == Advance()


# ── redirect, clarify ────────────────────────────────────────────────────────────────────────────────────────


def test_redirect_is_said_twice_and_then_the_question_ends_without_a_probe_spent() -> None:
    log = opened("interview")
    moves = [go_on(log.replied(LONG, intent=intent)).kind for intent in ("off_topic", "copied", "attack")]
    assert moves == ["redirect", "redirect", "advance"]


def test_an_attack_with_content_is_marked_for_its_content() -> None:
    log = opened("interview").replied(LONG, {"one": "covered"}, intent="attack")
    assert decide(log) == Probe(point_id="q/two")


def test_clarify_answers_twice_and_then_the_talk_goes_on() -> None:
    log = opened("interview", SITUATED)
    moves = [go_on(log.replied("What traffic, which database?", intent="asks")) for _ in range(3)]
    assert [move.kind for move in moves] == ["clarify", "clarify", "probe"]


def test_what_no_fact_fits_is_clarified_with_none() -> None:
    log = opened("interview", SITUATED).replied("Who pays for lunch?", intent="asks")
    assert decide(log) == Clarify(fact=None)


# ── challenge ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_dearest_misconception_is_challenged_first_and_each_once() -> None:
    log = opened("interview", MISLED).replied(LONG, {"two": "partial"}, asserted=["escaping", "speed"])
    assert go_on(log) == Challenge(misconception_id="q/speed")
    log.replied(LONG, {"two": "covered"}, asserted=["escaping", "speed"])
    assert go_on(log) == Challenge(misconception_id="q/escaping")
    log.replied(LONG, {"three": "covered"}, asserted=["escaping", "speed"])
    assert go_on(log) == Probe(point_id="q/one")


def test_practice_corrects_after_a_challenge_that_changed_nothing() -> None:
    log = opened("practice", MISLED).replied(LONG, {"two": "covered"}, asserted=["escaping"])
    go_on(log)
    go_on(log.replied(LONG, asserted=["escaping"]))
    assert kinds(log)[:2] == ["challenge", "correct"]


def test_a_belief_taken_back_is_not_corrected() -> None:
    log = opened("practice", MISLED).replied(LONG, {"two": "covered"}, asserted=["escaping"])
    go_on(log)
    assert go_on(log.replied(LONG, {"one": "covered"})) == Advance()
    assert kinds(log) == ["challenge", "advance"]


def test_a_contradicted_core_point_is_challenged_once_and_in_interview_mode_left_at_that() -> None:
    log = opened("interview").replied(LONG, {"one": "contradicted", "two": "covered"})
    assert go_on(log) == Challenge(point_id="q/one")
    assert go_on(log.replied(LONG, {"one": "contradicted"})) == Advance()


def test_a_point_corrected_in_practice_is_not_taught_again() -> None:
    log = opened("practice").replied(LONG, {"one": "contradicted", "two": "covered"})
    go_on(log)
    assert go_on(log.replied(LONG, {"one": "contradicted"})) == Advance()
    assert log.state.current.moves[1] == Correct(point_id="q/one")


def test_a_contradicted_supporting_point_is_no_reason_for_a_challenge() -> None:
    log = opened("interview").replied(LONG, {"one": "covered", "two": "covered", "three": "contradicted"})
    assert decide(log) == Advance()


# ── dont_know ────────────────────────────────────────────────────────────────────────────────────────────────


def test_in_interview_mode_dont_know_gets_one_probe_on_another_core_point_and_then_advances() -> None:
    asked = question(points=[core("one"), core("two", 2), core("three", 1), point("four")])
    log = opened("interview", asked).replied(LONG, {"four": "covered"})
    assert go_on(log) == Probe(point_id="q/one")
    assert go_on(log.replied("No idea.", intent="dont_know")) == Probe(point_id="q/two")
    assert go_on(log.replied("Sorry, no.", intent="dont_know")) == Advance()


# ── pump ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "shown", "pumped"),
    [
        pytest.param("Several things.", {}, True, id="short and empty"),
        pytest.param("Several things.", {"two": "covered"}, False, id="short with a third of the weight"),
        pytest.param(LONG, {}, False, id="long and empty"),
    ],
)
def test_pump_needs_a_short_answer_with_little_in_it(text: str, shown: dict[str, VerdictName], pumped: bool) -> None:
    assert (decide(opened("interview").replied(text, shown)) == Pump()) is pumped


def test_pump_is_said_once() -> None:
    log = opened("interview").replied("Several things.")
    assert go_on(log) == Pump()
    assert go_on(log.replied("And more.", {"three": "covered"})) == Probe(point_id="q/one")


# ── probe_partial_core, missing_core, probe_partial_supporting ───────────────────────────────────────────────


def test_in_practice_a_partial_core_point_gets_its_probe_and_then_the_ladder() -> None:
    log = opened("practice").replied(LONG, {"one": "partial", "two": "covered"})
    for _ in range(4):
        go_on(log)
        log.replied("Hm, something.", {"three": "covered"})
    assert kinds(log) == ["probe", "hint", "prompt", "assert", "advance"]


def test_a_ladder_is_climbed_to_its_end_before_another_point_is_probed() -> None:
    log = opened("practice").replied(LONG, {"three": "covered"})
    assert go_on(log) == Hint(point_id="q/one")
    assert go_on(log.replied(LONG, {"two": "partial"})) == Prompt(point_id="q/one")
    assert go_on(log.replied(LONG, {"one": "covered"})) == Probe(point_id="q/two")


def test_a_draft_without_hint_and_prompt_is_probed_and_then_asserted() -> None:
    asked = question(points=[core("one", hint=None, prompt=None), point("two")])
    log = opened("practice", asked).replied(LONG, {"two": "covered"})
    assert go_on(log) == Probe(point_id="q/one")
    assert go_on(log.replied("No idea.", intent="dont_know")) == Advance()
    assert kinds(log) == ["probe", "assert", "advance"]


def test_in_interview_mode_a_point_is_probed_once_whether_missing_or_partial() -> None:
    log = opened("interview").replied(LONG, {"two": "covered"})
    assert go_on(log) == Probe(point_id="q/one")
    assert go_on(log.replied(LONG, {"one": "partial"})) == Advance()


def test_a_point_that_the_grader_cannot_mark_is_not_asked_about() -> None:
    log = opened("interview").replied(LONG, {"one": "unmarked", "two": "covered", "three": "partial"})
    assert decide(log) == Probe(point_id="q/three")


def test_what_running_a_statement_does_not_show_is_asked_about() -> None:
    task = question(kind="sql", ddl="CREATE TABLE t (a INTEGER);", datasets=("",), reference="SELECT a FROM t")
    log = opened("interview", task).replied(LONG, {"one": "unmarked", "two": "covered", "three": "partial"})
    assert decide(log) == Probe(point_id="q/one")


def test_ties_go_to_weight_then_to_what_was_just_said_then_to_the_id() -> None:
    asked = question(
        points=[
            core("a", 2, text="Locks serialise writers."),
            core("b", 2, text="Indexes speed up reads."),
            core("c", 3, text="Backups are tested."),
        ]
    )
    log = opened("interview", asked).replied("I would look at indexes and at how many reads there are, and go from it.")
    assert go_on(log) == Probe(point_id="q/c")
    assert go_on(log.replied("Then I would look at indexes and reads.", {"c": "covered"})) == Probe(point_id="q/b")
    plain = opened("interview", question(points=[core("b", 2), core("a", 2)])).replied(LONG)
    assert decide(plain) == Probe(point_id="q/a")


def test_a_group_with_enough_shown_asks_for_nothing_more() -> None:
    asked = question(points=[core("a"), core("b"), core("c")], groups=[(2, ["a", "b", "c"])])
    log = opened("interview", asked).replied(LONG, {"a": "covered"})
    assert go_on(log) == Probe(point_id="q/b")
    assert go_on(log.replied(LONG, {"b": "covered"})) == Advance()


# ── deepen ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_deepen_is_said_once_and_its_points_join_the_question() -> None:
    log = opened("interview", SITUATED).replied(LONG, {"one": "covered", "two": "covered", "three": "covered"})
    assert go_on(log) == Deepen(follow_up_id="q/ten-times")
    assert go_on(log.replied(LONG)) == Probe(point_id="q/shards")
    assert go_on(log.replied(LONG, {"shards": "covered"})) == Advance()


def test_a_level_below_the_follow_ups_is_not_asked_for_more() -> None:
    log = opened("interview", SITUATED, level="junior").replied(LONG, {"one": "covered", "two": "covered"})
    assert decide(log) == Advance()


# ── advance ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("length", "plan"),
    [pytest.param(1, ("q", "r"), id="length reached"), pytest.param(3, ("q",), id="plan used up")],
)
def test_the_last_question_finishes_the_interview(length: int, plan: tuple[str, ...]) -> None:
    log = opened("interview", length=length, plan=plan).replied(LONG, {"one": "covered", "two": "covered"})
    assert decide(log) == Finish(reason="completed")


def test_a_question_ends_at_the_probe_cap() -> None:
    asked = question(points=[core(slug) for slug in ("a", "b", "c", "d", "e")])
    log = opened("interview", asked).replied(LONG)
    shown: dict[str, VerdictName] = {}
    for slug in ("a", "b", "c"):
        assert go_on(log) == Probe(point_id=f"q/{slug}")
        shown[slug] = "covered"
        log.replied(LONG, shown)
    assert go_on(log) == Advance()


def test_a_ladder_begun_with_the_last_probe_is_still_climbed() -> None:
    asked = question(points=[core("a"), core("b")])
    log = opened("practice", asked, rules=Rules(probes=1)).replied("No idea.", intent="dont_know")
    for _ in range(2):
        go_on(log)
        log.replied("No idea.", intent="dont_know")
    assert go_on(log) == Advance()
    assert kinds(log) == ["hint", "prompt", "assert", "advance"]


def test_two_turns_in_a_row_that_add_nothing_end_the_question() -> None:
    log = opened("interview").replied(LONG)
    assert go_on(log) == Probe(point_id="q/one")
    assert go_on(log.replied(LONG)) == Advance()


def test_a_turn_that_added_something_breaks_the_row() -> None:
    log = opened("interview").replied(LONG)
    go_on(log)
    go_on(log.replied(LONG, {"three": "covered"}))
    assert kinds(log) == ["probe", "probe"]


def test_three_replies_without_effort_end_the_question() -> None:
    log = opened("interview").replied("No idea.", intent="dont_know")
    assert go_on(log).kind == "probe"
    assert go_on(log.replied("Lovely weather.", intent="off_topic")).kind == "redirect"
    assert go_on(log.replied("Lovely weather.", intent="off_topic")) == Advance()


# ── The two worked dialogues, on the shipped questions ───────────────────────────────────────────────────────


def shipped(slug: str) -> Question:
    return next(one for one in read_bank().questions if one.id == slug)


def shorts(log: Log) -> list[str]:
    return [
        f"{move.kind} {getattr(move, 'point_id', '').rpartition('/')[2]}".strip() for move in log.state.current.moves
    ]


def test_a_candidate_who_knows_nothing_is_taught_every_core_point_in_practice_and_nothing_loops() -> None:
    asked = shipped("sql-injection-prevention")
    log = opened("practice", asked).replied("I'm not sure", intent="dont_know")
    while not isinstance(go_on(log), Advance | Finish):
        log.replied("no idea", intent="dont_know")
    taught = [move.point_id for move in log.state.current.moves if isinstance(move, Assert)]
    assert set(taught) == {one.id for one in asked.points if one.core}
    assert shorts(log) == [
        *(f"{rung} {id.rpartition('/')[2]}" for id in taught for rung in ("hint", "prompt", "assert")),
        "advance",
    ]
    mark = mark_question(log.state.current)
    assert mark.independent
    assert (mark.outcome, mark.independent.score, mark.independent.band, mark.prompted) == ("marked", 0, "Poor", 0)


def test_in_interview_mode_the_core_gap_is_probed_before_anything_half_said() -> None:
    half_said: dict[str, VerdictName] = {"repeatable-read": "partial", "phantoms": "partial", "write-skew": "partial"}
    log = opened("interview", shipped("isolation-levels"))
    log.replied(LONG, {"read-committed": "covered", **half_said})
    assert go_on(log) == Probe(point_id="isolation-levels/serializable")
    log.replied(LONG, {"serializable": "partial"})
    assert go_on(log) == Probe(point_id="isolation-levels/phantoms")
    log.replied(LONG, {"phantoms": "covered"})
    go_on(log)
    go_on(log.replied(LONG, {"repeatable-read": "covered"}))
    assert shorts(log) == ["probe serializable", "probe phantoms", "probe repeatable-read", "advance"]


@pytest.mark.parametrize("mode", ["practice", "interview"])
@pytest.mark.parametrize("asked", read_bank().questions, ids=lambda one: one.id)
def test_whoever_says_nothing_useful_is_soon_through_any_shipped_question(asked: Question, mode: Mode) -> None:
    for text, intent in (("no idea", "dont_know"), ("Lovely weather.", "off_topic"), (LONG, "answer")):
        log = opened(mode, asked).replied(text, intent=intent)
        while not isinstance(go_on(log), Advance | Finish):
            log.replied(text, intent=intent)
        assert len(log.state.current.answers) <= 1 + 3 * PRACTICE_RULES.probes
        mark = mark_question(log.state.current)
        assert mark.independent
        assert (mark.independent.score, mark.prompted) == (0, 0)


# ── What holds of every interview ────────────────────────────────────────────────────────────────────────────

EVERYTHING = question(
    kind="design",
    points=[core("a"), core("b", 2), core("c", 2, hint=None, prompt=None), point("d"), point("e", weight=2)],
    groups=[(1, ["d", "e"])],
    misconceptions=[misconception("m", ["a"], penalty=2), misconception("n")],
    facts=[("load", "Much load."), ("size", "Little size.")],
    follow_ups=[follow_up("deeper", [core("f"), point("g")])],
)
INTENTS: tuple[Intent, ...] = ("answer", "dont_know", "asks", "off_topic", "copied", "attack")
VERDICTS: tuple[VerdictName, ...] = ("covered", "partial", "missing", "contradicted", "unmarked")
CONTROLS: tuple[Control, ...] = ("hint", "clarify", "retry", "skip", "stop")
MOST_CONTROLS = 12

graded_turns = st.tuples(
    st.sampled_from(["short", LONG]),
    st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from(VERDICTS)),
    st.sampled_from(INTENTS),
    st.sets(st.sampled_from("mn")),
)
steps = st.one_of(graded_turns, graded_turns, st.sampled_from(CONTROLS[:3]), st.just("ungraded"))


def play(log: Log, data: st.DataObject) -> None:
    """Until the question is left. After MOST_CONTROLS buttons it is skipped: a person may press them forever."""
    pressed = 0
    for _ in range(200):
        if log.state.awaiting == "move":
            log.said(decide(log))
        if isinstance(log.state.current.moves[-1] if log.state.current.moves else None, Advance | Finish):
            return
        match log.state.awaiting:
            case "move":
                continue
            case "marking":
                log.marked(ungraded(), answer_id=log.state.current.answers[-1].id)
                continue
            case _:
                step = data.draw(steps)
        if isinstance(step, str) and step != "ungraded":
            pressed += 1
            log.pressed(step if pressed <= MOST_CONTROLS else "skip")  # pyright: ignore
        elif step == "ungraded":
            log.answered(LONG).marked(ungraded())
        else:
            text, shown, intent, asserted = step
            log.replied(text, dict(shown), intent=intent, asserted=asserted)
    raise AssertionError(f"the question never ended: {kinds(log)}")


@settings(max_examples=150, deadline=None)
@given(mode=st.sampled_from(["practice", "interview"]), data=st.data())
def test_every_question_ends_and_no_move_is_said_beyond_its_cap(mode: Mode, data: st.DataObject) -> None:
    log = opened(mode, EVERYTHING)
    play(log, data)
    moves = log.state.current.moves
    rules = PRACTICE_RULES if mode == "practice" else INTERVIEW_RULES
    hints = sum(getattr(event, "control", None) == "hint" for event in log.events)
    once = [move for move in moves if isinstance(move, Probe | Hint | Prompt | Assert | Challenge | Correct)]
    assert len(once) == len(set(map(repr, once)))
    assert sum(isinstance(move, Redirect) for move in moves) <= rules.redirects
    assert sum(isinstance(move, Clarify) and move.fact is not None for move in moves) <= rules.clarifications
    assert sum(isinstance(move, OfferRetry) for move in moves) <= rules.retries
    assert sum(isinstance(move, Pump) for move in moves) <= rules.pumps
    assert sum(isinstance(move, Deepen) for move in moves) <= 1
    ladders = {move.point_id for move in moves if isinstance(move, Hint | Prompt | Assert)}
    assert sum(isinstance(move, Probe) for move in moves) + len(ladders) <= rules.probes + hints
    assert len(log.state.current.answers) <= 30
    if mode == "interview":
        assert not any(isinstance(move, Assert | Correct) for move in moves)
