"""`dispute` and `export-cases`: contesting a verdict, and passing on what was contested."""

import sys
from pathlib import Path
from typing import Annotated, get_args

import typer

from interviewer import wiring
from interviewer.cases import CaseExport, export_disputes
from interviewer.contesting import contest
from interviewer.disputes import STANCES, Claim
from interviewer.events import Disputed
from interviewer.export import SAYS, event_line
from interviewer.models import Stance
from interviewer.settings import read_settings
from interviewer.state import fold
from interviewer.store import UnknownInterview
from ui.commands.records import InterviewId, refuse_unknown
from ui.commands.study import JsonFlag, check_known
from ui.console import ERR, OUT, print_json
from ui.render import counted


def dispute(
    interview_id: InterviewId,
    point_id: Annotated[str, typer.Argument(help="A point's id, or a misconception's: `export ID --format json`.")],
    verdict: Annotated[str, typer.Option(help=f"What it should be: {', '.join(STANCES)}.")],
    answer: Annotated[
        int | None, typer.Option(min=1, help="Which answer to the question, from 1. Default: the one that decided.")
    ] = None,
    comment: Annotated[str | None, typer.Option(help="Why.")] = None,
    submission_id: Annotated[
        str | None, typer.Option(help="For programs: sent twice under the same id, it counts once.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Contest a verdict. Yours is kept beside the grader's and shown with it; the mark is not changed.

    To take a dispute back, say what the grader says.

    Example: interviewer dispute 3f2a... sql-injection-prevention/parameters --verdict covered --comment "First line."
    """
    check_known("--verdict", verdict, STANCES)
    claim = Claim(
        part_id=point_id,
        says=next(stance for stance in get_args(Stance) if stance == verdict),
        submission_id=submission_id or wiring.fresh_id(),
        answer_number=answer,
        comment=comment,
    )
    store = wiring.open_store(read_settings())
    try:
        disputed = contest(store, interview_id, claim, wiring.utc_now)
    except UnknownInterview:
        refuse_unknown(interview_id)
    if as_json:
        print_json(event_line(disputed, fold(store.read(interview_id))))
    else:
        _tell(disputed)


def export_cases(
    out: Annotated[Path | None, typer.Option(help="A file for the cases, one JSON object a line.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Write disputed answers as labelled cases, a line of JSON each, as `python -m evals grading --cases` reads them.

    The labels are the grader's, but for those you contested, which are yours. Questions from documents that are not
    marked as redistributable are left out. The answers are your own words: read them through before you share them.

    Example: interviewer export-cases --out disputes.jsonl
    """
    states = wiring.read_interviews(wiring.open_store(read_settings()))
    found = export_disputes(states, frozenset(question.id for question in wiring.open_bank().questions))
    if as_json:
        print_json(found)
    lines = "".join(f"{case.model_dump_json()}\n" for case in found.cases)
    if out is not None:
        out.write_text(lines, encoding="utf-8")
    elif not as_json:
        sys.stdout.write(lines)
    _account_for(found)


def _tell(disputed: Disputed) -> None:
    contested = disputed.dispute
    graded = "unmarked" if contested.graded == "unmarked" else SAYS[contested.graded]
    if contested.says == contested.graded:
        ERR.print(f"taken back: {contested.part_id} stands as {graded}", markup=False)
        return
    OUT.print(
        f"{contested.part_id}: the grader says {graded}, you say {SAYS[contested.says]}. "
        "Both are kept; the mark is not changed.",
        markup=False,
    )


def _account_for(found: CaseExport) -> None:
    for left in found.left_out:
        ERR.print(f"left out: {left.question_id} in {left.interview_id}: {left.reason}", markup=False)
    ERR.print(f"{counted(len(found.cases), 'case')}, {len(found.left_out)} left out. {found.notice}", markup=False)
