"""Contesting a verdict in the chat: from the report and from practice's closing card."""

from streamlit.testing.v1 import AppTest

from interviewer.events import Disputed
from tests.ui.conftest import Offer, Visit
from tests.ui.visitor import answer, answer_well_to_the_end, end, labels, log, page_text, press, start


def disagree(app: AppTest, says: str, comment: str) -> AppTest:
    radio = next(one for one in app.radio if one.label == "What should it be?")
    radio.set_value(says)
    next(one for one in app.text_area if one.label.startswith("Why?")).set_value(comment)
    return press(app.run(), "Keep this beside the verdict")


def disputes(app: AppTest) -> list[Disputed]:
    return [event for event in log(app) if isinstance(event, Disputed)]


def test_a_verdict_is_contested_in_the_report_and_both_stand(visit: Visit, offer: Offer) -> None:
    offer("sql-injection-prevention")
    app = end(answer(start(visit(), length=1), "Input is bound as a parameter in prepared statements, as data."))
    marks = [metric.value for metric in app.metric]
    app = disagree(app, "contradicted", "I *meant* the opposite.")
    assert not app.exception
    assert "you say: contradicted" in page_text(app)
    assert "I *meant* the opposite." in page_text(app)
    assert [metric.value for metric in app.metric] == marks
    [disputed] = disputes(app)
    assert (disputed.dispute.says, disputed.dispute.comment) == ("contradicted", "I *meant* the opposite.")


def test_what_the_grader_says_too_is_no_dispute(visit: Visit, offer: Offer) -> None:
    offer("sql-injection-prevention")
    app = end(answer(start(visit(), length=1), "I do not know anything about that, and never did."))
    app = disagree(app, "missing", "")
    assert "says so too" in page_text(app)
    assert disputes(app) == []


def test_practice_lets_a_closed_question_be_contested_on_its_card(visit: Visit, offer: Offer) -> None:
    offer("sql-injection-prevention", "password-storage")
    app = answer_well_to_the_end(start(visit(), length=1))
    assert "Keep this beside the verdict" in labels(app)
    app = disagree(app, "contradicted", "")
    assert len(disputes(app)) == 1
    assert "you say: contradicted" in page_text(app)


def test_nothing_can_be_contested_before_its_mark_is_told(visit: Visit) -> None:
    app = answer_well_to_the_end(start(visit(), mode="interview", length=1))
    assert [event.grade.kind for event in log(app) if event.kind == "marked"].count("grade")
    assert "Keep this beside the verdict" not in labels(app)
    assert "Keep this beside the verdict" in labels(press(app, "See your report"))
