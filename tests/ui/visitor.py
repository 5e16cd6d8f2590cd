"""What a person does in the chat, over AppTest: clicks, typing, and reading what the page shows."""

import re

from streamlit.testing.v1 import AppTest

from interviewer import wiring
from interviewer.events import Answered, Asked, Event
from interviewer.settings import read_settings

JOINER = "\u2060"


def page_text(app: AppTest) -> str:
    """All text on the page as a person reads it: without Markdown's backslashes."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.text, app.warning, app.error, app.info, app.code)
    shown = [str(element.value) for kind in kinds for element in kind]
    shown += [fold.label for fold in app.expander] + [f"{metric.label} {metric.value}" for metric in app.metric]
    return as_read("\n".join(shown))


def as_read(markdown: str) -> str:
    return re.sub(r"\\(?=[!-/:-@\[-`{-~])", "", markdown).replace(JOINER, "")


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return app.run()


def answer(app: AppTest, text: str) -> AppTest:
    app.chat_input[0].set_value(text)
    return app.run()


def start(app: AppTest, *, mode: str = "practice", topics: tuple[str, ...] = ("security",), length: int = 2) -> AppTest:
    app.radio[0].set_value(mode)
    app.multiselect[0].set_value(list(topics))
    app.slider[0].set_value(length)
    app.run()
    return press(app, "Start")


def end(app: AppTest) -> AppTest:
    return press(press(app, "End"), "End and see the report")


def interview_of(app: AppTest) -> str:
    named = app.query_params["interview"]
    return named if isinstance(named, str) else named[-1]


def log(app: AppTest) -> tuple[Event, ...]:
    return wiring.open_store(read_settings()).read(interview_of(app))


def asked(app: AppTest) -> Asked:
    """The question asked last."""
    return [event for event in log(app) if isinstance(event, Asked)][-1]


def answers(app: AppTest) -> list[str]:
    return [event.answer.text for event in log(app) if isinstance(event, Answered)]


def answer_well_to_the_end(app: AppTest) -> AppTest:
    """The model's answer to each question, then nothing more to say."""
    given: set[str] = set()
    for _ in range(40):
        if "See your report" in labels(app):
            return app
        question = asked(app).question
        text = question.model_answer if question.id not in given else "I don't know more about that."
        given.add(question.id)
        app = answer(app, text or "")
    raise AssertionError("the interview did not end")
