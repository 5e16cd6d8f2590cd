"""Drafting: an answer's claims become points, by rules that can be read off these tables."""

import pytest

from knowledge.index_models import Hit
from knowledge.kinds import infer_kind, infer_level
from knowledge.linter import Finding
from knowledge.merging import content_words
from knowledge.models import Kind, Level, Question
from knowledge.ports import QuotedClaim
from knowledge.probes import PLAIN_PROBES, area_of
from knowledge.rubrics import MOST_POINTS, checkable, draft_questions, mend, rubric_from_quotes, slug_of
from tests.knowledge.found import SOURCE, answered, items, question

LISTED = items("Keep transactions short.", "Lock rows in one order.", "Retry the victim.")


def drafted(*found_in: object, **rest: object) -> Question:
    found, document = answered(*found_in, **rest)  # type: ignore[arg-type]
    return draft_questions([found], document)[0]


def texts(*found_in: object, **rest: object) -> list[str]:
    return [point.text for point in drafted(*found_in, **rest).points]


def test_each_item_of_a_list_is_a_point_and_the_first_half_is_core():
    draft = drafted("How do you avoid deadlocks?", *LISTED)
    assert [(point.text, point.weight, point.core) for point in draft.points] == [
        ("Keep transactions short.", 2, True),
        ("Lock rows in one order.", 2, True),
        ("Retry the victim.", 1, False),
    ]


def test_the_sentence_that_opens_a_prose_answer_weighs_most():
    answer = ("paragraph", "A deadlock is a circle of waiting transactions. It ends when one of them is aborted.")
    draft = drafted("What is a deadlock?", answer)
    assert [(point.text, point.weight) for point in draft.points] == [
        ("A deadlock is a circle of waiting transactions.", 3),
        ("A deadlock: It ends when one of them is aborted.", 2),
    ]


def test_a_draft_cites_its_document_by_lines_and_keeps_the_answer():
    draft = drafted("How do you avoid deadlocks?", *LISTED)
    assert draft.status == "draft"
    assert [source.locator for source in draft.sources] == ["lines 2-4"]
    assert all(point.source in draft.sources for point in draft.points)
    assert draft.model_answer == "Keep transactions short.\nLock rows in one order.\nRetry the victim."


def test_a_question_without_an_answer_has_no_points():
    draft = drafted("What is a deadlock?")
    assert (draft.points, draft.model_answer) == ((), None)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(
            [("paragraph", "To avoid deadlocks, consider:"), *LISTED[:2]],
            ["Keep transactions short.", "Lock rows in one order."],
            id="a line that only leads into the list",
        ),
        pytest.param(
            [("code", "SELECT * FROM rows FOR UPDATE;"), *LISTED[:2]],
            ["Keep transactions short.", "Lock rows in one order."],
            id="code",
        ),
        pytest.param(
            [("item", 'Response: { "status": "ok" }'), ("item", "COMMIT;"), *LISTED[:2]],
            ["Keep transactions short.", "Lock rows in one order."],
            id="code written as items",
        ),
        pytest.param(
            [("table", "lock | mode"), *LISTED[:2]],
            ["Keep transactions short.", "Lock rows in one order."],
            id="a table",
        ),
        pytest.param(
            [("paragraph", "For example, two clerks wait for each other all day."), *LISTED[:2]],
            ["Keep transactions short.", "Lock rows in one order."],
            id="an example",
        ),
        pytest.param(
            [("paragraph", "You avoid deadlocks when you avoid each deadlock."), *LISTED[:2]],
            ["Keep transactions short.", "Lock rows in one order."],
            id="the question said again",
        ),
        pytest.param(
            [("paragraph", "Timeouts:"), *LISTED[:1], ("paragraph", "Benefits include:"), *LISTED[1:2]],
            ["Timeouts: Keep transactions short.", "Lock rows in one order."],
            id="a label is context, an empty one is none",
        ),
        pytest.param(
            [("heading", "Under load"), *LISTED[:1], ("heading", "How to avoid deadlocks"), *LISTED[1:2]],
            ["Under load: Keep transactions short.", "Lock rows in one order."],
            id="a heading is context, unless the question says as much",
        ),
        pytest.param(
            [("paragraph", "A lock manager can watch for at most two of the following three at a time:"), *LISTED[:1]],
            ["A lock manager can watch for at most two of the following three at a time", "Keep transactions short."],
            id="a line before a list that claims something",
        ),
        pytest.param(
            [("paragraph", "Rows are locked in one order, whereas tables are locked at the start.")],
            ["Rows are locked in one order", "Tables are locked at the start."],
            id="both halves of a comparing sentence",
        ),
        pytest.param([*LISTED[:2], *LISTED[:2]], ["Keep transactions short.", "Lock rows in one order."], id="twice"),
    ],
)
def test_points_are_claims_and_nothing_else(answer: list[tuple[str, str]], expected: list[str]):
    assert texts("How do you avoid deadlocks?", *answer) == expected


def test_at_most_eight_points_and_every_section_has_its_first_claim_in():
    sections = [
        part
        for n in range(4)
        for part in (("heading", f"Part {n} of locks"), *items(*(f"Claim {n}.{i} about rows" for i in range(5))))
    ]
    draft = drafted("How do databases keep order?", *sections)
    assert len(draft.points) == MOST_POINTS
    assert [point.text for point in draft.points if point.core] == [
        f"Part {n} of locks: Claim {n}.0 about rows" for n in range(4)
    ]


def test_an_answer_that_coaches_the_candidate_has_no_points():
    coaching = items(
        "Research the company's mission.", "Highlight how your skills fit the role.", "Use the STAR method"
    )
    assert texts("How do you avoid deadlocks?", *coaching) == []
    assert texts("How do you avoid deadlocks?", *LISTED, coaching[0]) == [text for _, text in LISTED]


def test_tasks_solved_by_code_have_no_points():
    answer = [("paragraph", "A) Find the lock. It is in the catalogue."), ("code", "SELECT 1;")]
    assert texts("Two tasks:\nA) Find it.\nB) Free it.", *answer, parts=2) == []


@pytest.mark.parametrize(
    ("asked", "area"),
    [
        ("How do you prevent SQL injection?", "prevent SQL injection"),
        ("What is the CAP theorem, and how does it apply to distributed systems?", "the CAP theorem"),
        ("Can you explain the concept of idempotency?", "idempotency"),
        ("What is the difference between REST and SOAP?", "REST and SOAP"),
        ("How does GraphQL differ from REST?", "GraphQL and REST"),
        ("How can connection pooling improve performance?", "connection pooling"),
        ("The API is down. How would you troubleshoot the issue?", "troubleshoot the issue"),
        ("What is Node.js?", "Node.js"),
        ("What does a write-ahead log do?", ""),
        ("Tell me how things went.", ""),
    ],
)
def test_probes_name_the_area_in_the_question_s_own_words(asked: str, area: str):
    probes, found = area_of(asked)
    assert found == area
    assert (probes == PLAIN_PROBES) == (area == "")


def test_probes_differ_end_as_questions_and_give_no_word_of_a_point_away():
    asked = "How do you avoid deadlocks?"
    draft = drafted(asked, *LISTED, ("item", "Watch the log."))
    probes = [point.probe for point in draft.points]
    assert len(set(probes)) == 4
    for point in draft.points:
        assert point.probe.endswith("?")
        assert len(point.probe.split()) <= 30
        assert not (content_words(point.text) - content_words(asked)) & content_words(point.probe)
        assert (point.hint, point.prompt) == (None, None)


def test_the_slug_comes_from_the_normalised_text():
    assert slug_of("What is  “CAP”?") == slug_of("what is CAP")
    assert slug_of("What is C?") != slug_of("What is C++?") != slug_of("What is C#?")
    assert slug_of("Что такое индекс?").startswith("question-")
    assert len(slug_of("word " * 500)) <= 80


def test_points_keep_their_slugs_when_others_are_added():
    before = drafted("How do you avoid deadlocks?", *LISTED)
    after = drafted("How do you avoid deadlocks?", ("item", "Use fewer locks."), *LISTED)
    assert {point.id for point in before.points} < {point.id for point in after.points}


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("What is a design pattern?", "concept"),
        ("What is a RESTful API and how do you use one?", "concept"),
        ("How does GraphQL differ from REST?", "comparison"),
        ("When would you use a thread over a process and when a process over a thread?", "comparison"),
        ("How would you handle a sudden increase in traffic?", "scenario"),
        ("You are given the following tables:\nSalaries(id, amount)", "scenario"),
        ("Design a URL shortener.", "design"),
        ("How would you approach designing a chat?", "design"),
        ("The service is down. How would you troubleshoot it?", "debugging"),
        ("Tell us about a time when you missed a deadline.", "behavioural"),
        ("What is your greatest weakness?", "behavioural"),
        ("What’s your experience with caching?", "experience"),
        ("Do you have experience working with queues?", "experience"),
        ("In your opinion, which language is the best?", "opinion"),
        ("Why do you want this job?", "motivation"),
    ],
)
def test_the_kind_is_read_off_the_wording(asked: str, kind: Kind):
    assert infer_kind(asked, None) == kind


def test_a_personal_section_makes_its_questions_personal():
    assert infer_kind("How do you work with others?", "HR and Behavioural Questions") == "behavioural"
    assert infer_kind("Why do you want this job?", "HR and Behavioural Questions") == "motivation"


@pytest.mark.parametrize(
    ("kind", "section", "level"),
    [
        ("concept", None, "junior"),
        ("design", None, "mid"),
        ("concept", "Questions for senior developers", "senior"),
        ("concept", "Intermediate", "mid"),
        ("concept", "Caching", "junior"),
    ],
)
def test_the_level_is_junior_unless_something_says_more(kind: Kind, section: str | None, level: Level):
    assert infer_level(kind, section) == level


def test_a_draft_is_checkable_only_when_the_linter_faults_none_of_its_points():
    draft = question("q", "What is a deadlock?", "One claim.", "Another claim.")
    elsewhere = Finding(question_id="q", rule="model_answer", message="no model answer")
    at_point = Finding(question_id="q", point_id="q/p2", rule="vague_point", message="cannot be checked")
    assert checkable(draft, ())
    assert checkable(draft, (elsewhere,))
    assert not checkable(draft, (at_point,))


@pytest.mark.parametrize("kind", ["behavioural", "experience", "opinion", "motivation"])
def test_a_draft_about_a_person_is_never_checkable(kind: Kind):
    assert not checkable(question("q", "Why us?", "One claim.", "Another claim.", kind=kind), ())


def test_one_point_is_no_rubric():
    assert not checkable(question("q", "What is a deadlock?", "One claim."), ())


def test_a_probe_that_leaks_gives_way_to_a_plain_one():
    draft = drafted("How do you avoid deadlocks?", *LISTED)
    leaking = Finding(question_id=draft.id, point_id=draft.points[1].id, rule="leaked_meaning", message="too close")
    mended = mend(draft, (leaking,))
    assert mended.points[1].probe in PLAIN_PROBES
    assert [mended.points[0], mended.points[2]] == [draft.points[0], draft.points[2]]


def test_a_supporting_point_that_repeats_another_goes_and_a_core_one_stays():
    draft = drafted("How do you avoid deadlocks?", *LISTED)
    repeating = [
        Finding(question_id=draft.id, point_id=point.id, rule="overlap", message="the same") for point in draft.points
    ]
    assert mend(draft, repeating).points == draft.points[:2]


# ── From passages, with quotes ───────────────────────────────────────────────────────────────────────────────

PASSAGE = "A lock keeps two writers\napart. It is let go of when the transaction ends."


def quoted(quote: str, text: str, passage: int = 0) -> QuotedClaim:
    return QuotedClaim(passage=passage, quote=quote, text=text)


def hit(text: str = PASSAGE) -> Hit:
    return Hit(rank=1, id="p", kind="passage", text=text, source=SOURCE, heading=None, lines=(3, 4), score=1.0)


@pytest.mark.parametrize(
    "claim",
    [
        quoted("keeps all writers apart from readers", "Writers are kept apart."),
        quoted("two writers", "Two writers are kept apart."),
        quoted("", "Writers are kept apart."),
        quoted("It is let go of when the transaction ends.", "Readers see old rows."),
        quoted("A lock keeps two writers apart.", "Writers are kept apart.", passage=1),
    ],
    ids=["not in the passage", "too short", "empty", "about something else", "of no passage given"],
)
def test_a_claim_whose_quote_does_not_bear_it_is_no_point(claim: QuotedClaim):
    assert rubric_from_quotes(question("lock-1"), [hit()], [claim]).points == ()


def test_a_claim_with_its_quote_is_a_point_that_cites_the_passage():
    claims = [
        quoted("A lock keeps two  writers apart.", "A lock keeps two writers apart."),
        quoted("A lock keeps two writers apart.", "A lock keeps two writers apart!"),
        quoted("let go of when the transaction ends", "The lock lasts until the transaction ends."),
    ]
    one, other = rubric_from_quotes(question("lock-1", "What is a lock?"), [hit()], claims).points
    assert (one.quote, other.quote) == ("A lock keeps two writers\napart.", "let go of when the transaction ends")
    assert one.source == SOURCE.model_copy(update={"locator": "lines 3-4"})
    assert (one.core, one.weight, one.probe.endswith("?")) == (True, 2, True)
    assert one.id == "lock-1/a-lock-keeps-two-writers-apart"
