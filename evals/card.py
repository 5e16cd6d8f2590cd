"""The grader's card: how far its marks can be trusted, by set, style, topic and kind, as JSON and as a page.

Measuring is done by what is handed in; what a set's absent data cannot renew keeps its last value and date.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import Field

from evals.datasets import Case
from evals.estimates import Estimate, shown
from evals.metrics import METRICS, Prediction, Row, by_confidence, estimate_metric, judged, measure, sureness
from evals.pictures import Bin
from evals.robustness_metrics import CEILINGS
from interviewer.models import GraderInfo
from knowledge.models import Value

CARD_METRICS = ("credited_f1", "macro_f1", "pearson", "rmse")
"""Those shown for each style, topic and kind."""
BASELINE_METRICS = (*CARD_METRICS, "two_way_macro_f1")
STEADY_METRICS = ("credited_f1", "macro_f1", "accuracy", "qwk", "pearson", "pearson_within", "rmse", "ece")
STEADY_WITHIN = 0.02
"""How near to its stored value each of those must stay. A rerun says the same to the letter; on another processor a
verdict or two may turn, which is little among hundreds. The other metrics rest on a few answers each."""
NOT_FOR = (
    "decisions about hiring, promotion, admission or pay: it was never measured for them, and it is often wrong",
    "comparing people with each other: it marks words, and words come easier to some",
    "answers in other languages than English",
)


class Part(Value):
    """One slice of a set. The metrics are of the answers that were marked."""

    n: int
    ungraded: int
    metrics: Mapping[str, Estimate]

    @property
    def marked(self) -> int:
        return self.n - self.ungraded


class MeasuredSet(Value):
    """A set of marked answers and how the grader and the baselines fare on it."""

    title: str
    marked_by: str = Field(description="'our labels', or whose marks they are.")
    human: bool
    credit: str
    measured_on: str
    n: int
    questions: int
    ungraded: int
    metrics: Mapping[str, Estimate]
    baselines: Mapping[str, Mapping[str, Estimate]] = Field(default_factory=dict)
    by: Mapping[str, Mapping[str, Part]] = Field(default_factory=dict)

    @property
    def marked(self) -> int:
        return self.n - self.ungraded


class Card(Value):
    """Everything that is published about one version of the local grader."""

    grader: GraderInfo
    measured_on: str
    sets: Mapping[str, MeasuredSet]
    kinds: Mapping[str, Part] = Field(description="On the dev questions, each left out of the fit.")
    marked_kinds: tuple[str, ...]
    needs_model: tuple[str, ...]
    robustness: Mapping[str, Estimate] = Field(default_factory=dict)
    labellers: Mapping[str, Any] = Field(default_factory=dict)
    quotes: Mapping[str, Any] = Field(default_factory=dict)
    speed: Mapping[str, Any] = Field(default_factory=dict)
    not_for: tuple[str, ...] = NOT_FOR


class About(NamedTuple):
    """What a set is, beside its answers."""

    title: str
    marked_by: str
    human: bool
    credit: str


def measure_set(
    about: About,
    cases: Sequence[Case],
    predictions: Sequence[Prediction],
    today: str,
    baselines: Mapping[str, Sequence[Prediction]],
    slices: Mapping[str, Callable[[Case], str | None]],
) -> MeasuredSet:
    rows = list(zip(cases, predictions, strict=True))
    return MeasuredSet(
        **about._asdict(),
        measured_on=today,
        n=len(cases),
        questions=len({case.question_id for case in cases}),
        ungraded=sum(said.kind == "ungraded" for said in predictions),
        metrics=measure(rows),
        baselines={
            name: _brief(list(zip(cases, said, strict=True)), BASELINE_METRICS) for name, said in baselines.items()
        },
        by={name: slice_by(rows, key) for name, key in slices.items()},
    )


def slice_by(rows: Sequence[Row], key: Callable[[Case], str | None]) -> dict[str, Part]:
    """A few metrics for every value of the key, in alphabetical order."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        name = key(row[0])
        if name:
            groups.setdefault(name, []).append(row)
    return {
        name: Part(
            n=len(group),
            ungraded=sum(said.kind == "ungraded" for _, said in group),
            metrics=_brief(group, CARD_METRICS),
        )
        for name, group in sorted(groups.items())
    }


def _brief(rows: Sequence[Row], names: Sequence[str]) -> dict[str, Estimate]:
    return {name: estimate_metric(METRICS[name], rows) for name in names}


def last_numbers(before: Card | None, name: str, grader: GraderInfo) -> MeasuredSet | None:
    """What the card said of a set whose data is absent now, where it was measured with this very grader."""
    return before.sets.get(name) if before and before.grader == grader else None


def strays(stored: MeasuredSet, found: MeasuredSet) -> list[str]:
    """What differs from what is stored by more than another processor accounts for; a line each."""
    counts = [("answers", stored.n, found.n), ("answers not marked", stored.ungraded, found.ungraded)]
    lines = [f"{now} {what} instead of {was}" for what, was, now in counts if was != now]
    stray = (_stray(name, was, found.metrics.get(name)) for name, was in stored.metrics.items())
    return lines + [line for line in stray if line]


def _stray(name: str, was: Estimate, found: Estimate | None) -> str | None:
    now = found.value if found else None
    if was.value is None:
        return None
    if now is None:
        return f"{name} was {was.value:.3f} and is undefined"
    if was.low is not None and was.high is not None and not was.low <= now <= was.high:
        return f"{name} is {now:.3f}, outside of [{was.low:.3f}, {was.high:.3f}]"
    if name in STEADY_METRICS and abs(now - was.value) > STEADY_WITHIN:
        return f"{name} is {now:.3f}, more than {STEADY_WITHIN} from {was.value:.3f}"
    return None


def reliability(rows: Sequence[Row]) -> list[Bin]:
    """The verdicts' confidence in ten bins of equal width, empty ones left out."""
    return [
        Bin(sum(c for c, _ in held) / len(held), sum(r for _, r in held) / len(held), len(held))
        for held in by_confidence(sureness(rows))
    ]


def confusion(rows: Sequence[Row]) -> Mapping[tuple[str, str], int]:
    """How often each label met each verdict."""
    return Counter((each.label, each.verdict) for each in judged(rows))


def render(card: Card) -> str:
    """The card as a page of Markdown."""
    lines = [
        "# Grader card",
        "",
        f"The built-in grader, version {card.grader.version} (`{card.grader.model}`), measured on {card.measured_on}.",
        "Written by `make eval`: change the grader, not this page. Every number is followed by its 95 % interval, from",
        "resampling questions, and is of the answers that were marked: what the grader declined to mark is counted",
        "apart and left out of it.",
        "",
        "**Not to be used for**",
        "",
        *(f"- {use}" for use in card.not_for),
        "",
    ]
    for name, each in card.sets.items():
        lines += _set_lines(name, each)
    lines += _kind_lines(card)
    lines += _robustness_lines(card.robustness)
    lines += _remark_lines(card)
    return "\n".join(lines).rstrip() + "\n"


def _set_lines(name: str, each: MeasuredSet) -> list[str]:
    whose = f"marked by people ({each.marked_by})" if each.human else each.marked_by
    lines = [
        f"## {each.title}",
        "",
        f"{each.n} answers to {each.questions} questions, {each.ungraded} of them not marked: the numbers are of "
        f"{each.marked}; {whose}. {each.credit}.",
        f"Measured on {each.measured_on}.",
        "",
        "| metric | local | " + " | ".join(each.baselines) + " |",
        "|---|---|" + "---|" * len(each.baselines),
    ]
    for metric, found in each.metrics.items():
        if found.value is not None and not metric.startswith("false_credit"):
            others = [_cell(said.get(metric)) for said in each.baselines.values()]
            lines.append(f"| {metric} | {_cell(found)} | " + " | ".join(others) + " |")
    lines.append("")
    false = {
        m.partition(".")[2]: e for m, e in each.metrics.items() if m.startswith("false_credit.") and e.value is not None
    }
    if false:
        lines += ["Weight credited in answers whose labels give nothing, by style:", ""]
        lines += ["| style | false credit |", "|---|---|", *(f"| {s} | {_cell(e)} |" for s, e in false.items()), ""]
    if name == "ours_test":
        lines += ["![Reliability diagram](card/reliability.svg) ![Confusion matrix](card/confusion.svg)", ""]
    for key, parts in each.by.items():
        lines += [f"By {key}:", "", *_part_lines(key, parts), ""]
    return lines


def _part_lines(key: str, parts: Mapping[str, Part]) -> list[str]:
    head = f"| {key} | marked | not marked | " + " | ".join(CARD_METRICS) + " |"
    rows = [
        f"| {name} | {part.marked} | {part.ungraded} | "
        + " | ".join(_cell(part.metrics[m]) for m in CARD_METRICS)
        + " |"
        for name, part in parts.items()
    ]
    return [head, "|---|---|---|" + "---|" * len(CARD_METRICS), *rows]


def _kind_lines(card: Card) -> list[str]:
    return [
        "## What it marks",
        "",
        f"Marked: {', '.join(card.marked_kinds)}. Needs a model (a checklist is offered instead): "
        f"{', '.join(card.needs_model)}, and every language but English.",
        "",
        "How it would fare on each kind of the dev questions, each question left out of the fit:",
        "",
        *_part_lines("kind", card.kinds),
        "",
    ]


def _robustness_lines(found: Mapping[str, Estimate]) -> list[str]:
    if not found:
        return []
    rows = [f"| {name} | {_cell(value)} | {CEILINGS.get(name, '')} |" for name, value in found.items()]
    intro = "How far a mark moves when the same is said otherwise, and what attacks earn. Scores run from 0 to 1."
    return ["## Robustness", "", intro, "", "| measure | value | ceiling |", "|---|---|---|", *rows, ""]


def _remark_lines(card: Card) -> list[str]:
    lines: list[str] = []
    for title, table in (("Who labelled", card.labellers), ("Quotes", card.quotes), ("Speed", card.speed)):
        if table:
            lines += [f"## {title}", "", *(f"- {name}: {value}" for name, value in table.items()), ""]
    return lines


def _cell(found: Estimate | None) -> str:
    return shown(found, undefined="–")
