"""`interviewer regrade`: interviews of the past marked again, and what that changes."""

from typing import Annotated

import typer

from interviewer import wiring
from interviewer.export import percent
from interviewer.grading.port import Grader
from interviewer.regrading import RegradeRefused, Run
from interviewer.regrading import regrade as mark_again
from interviewer.run_diff import AnswerDiff, PartDiff, RunDiff, Total, compare_runs
from interviewer.settings import read_settings
from interviewer.store import EventStore, UnknownInterview, UnreadableLog
from knowledge.models import Value
from ui.commands.records import refuse_unknown
from ui.commands.study import JsonFlag, check_known
from ui.console import ERR, OUT, print_json, progress_bar
from ui.render import counted


class PassedOver(Value):
    """An interview that was not marked again."""

    interview_id: str
    reason: str


class RegradedInterview(Value):
    run: Run
    diff: RunDiff


class Regrading(Value):
    """What `--json` prints."""

    interviews: tuple[RegradedInterview, ...]
    passed_over: tuple[PassedOver, ...]


def regrade(
    interview_id: Annotated[
        str | None, typer.Argument(help="An id as `interviewer sessions` lists them. Leave it out with --all.")
    ] = None,
    all_of_them: Annotated[bool, typer.Option("--all", help="Every interview that is finished.")] = False,
    grader: Annotated[
        str | None, typer.Option(help="local or llm. Default: llm where INTERVIEWER_MODEL is set.")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show each answer's verdicts, old -> new.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Mark finished interviews again, beside the marks they have: nothing of those changes, and reports go on to show
    them. `interviewer export ID --run RUN` shows the new ones.

    Broken off, it goes on where it was when it is called again with the same grader; otherwise each call is a new run.

    Example: interviewer regrade 3f2a... --grader local --diff
    """
    if (interview_id is None) != all_of_them:
        raise typer.BadParameter("name one interview, or say --all", param_hint="INTERVIEW_ID")
    check_known("--grader", grader, ("local", "llm"))
    settings = read_settings()
    store = wiring.open_store(settings)
    if interview_id is not None and interview_id not in {summary.id for summary in store.interviews()}:
        refuse_unknown(interview_id)
    marks = wiring.open_model_grader(settings) if grader == "llm" else wiring.open_grader(settings, grader)
    regrading = _regrade(store, marks, interview_id)
    if as_json:
        print_json(regrading)
    else:
        for regraded in regrading.interviews:
            _tell(regraded, in_full=diff)
    for passed in regrading.passed_over:
        ERR.print(f"passed over {passed.interview_id}: {passed.reason}", style="yellow", markup=False)


def _regrade(store: EventStore, grader: Grader, interview_id: str | None) -> Regrading:
    """One that is named must be marked; of all, those that cannot be are passed over."""
    chosen = [interview_id] if interview_id else [summary.id for summary in store.interviews()]
    done: list[RegradedInterview] = []
    passed: list[PassedOver] = []
    with progress_bar() as progress:
        for id in chosen:
            try:
                run = mark_again(store, grader, id, wiring.utc_now, lambda n, total, id=id: progress(id, n, total))
                done.append(RegradedInterview(run=run, diff=compare_runs(store.read(id), run.run_id)))
            except (RegradeRefused, UnreadableLog, UnknownInterview) as error:
                if interview_id:
                    raise
                passed.append(PassedOver(interview_id=id, reason=str(error)))
    return Regrading(interviews=tuple(done), passed_over=tuple(passed))


def _tell(regraded: RegradedInterview, *, in_full: bool) -> None:
    run, diff = regraded.run, regraded.diff
    resumed = " (gone on with)" if run.resumed else ""
    OUT.print(f"{run.interview_id}  run {run.run_id}{resumed}", markup=False)
    if in_full:
        for answer in diff.answers:
            _tell_answer(answer)
    for name, total in (("before", diff.before), ("after", diff.after)):
        OUT.print(f"  {name:<6}  {_total(total)}", markup=False)
    changed = f"{diff.changed} of {counted(diff.parts, 'verdict')} changed"
    OUT.print(f"  {changed}, {run.ungraded} of {counted(run.marked, 'answer')} ungraded")


def _tell_answer(answer: AnswerDiff) -> None:
    OUT.print(
        f"  {answer.question_id}, answer {answer.number}: {_share(answer.before)} -> {_share(answer.after)}",
        markup=False,
    )
    for part in answer.parts:
        OUT.print(f"    {_part(part)}", markup=False)


def _part(part: PartDiff) -> str:
    before, after = (stance.replace("_", " ") if stance else "unmarked" for stance in (part.before, part.after))
    sign = "=" if part.before == part.after else "≠"
    return f"{sign} {part.part_id}: {before} -> {after}"


def _total(total: Total) -> str:
    model = f", {total.grader.model}" if total.grader.model else ""
    marked = f"on your own {_share(total.independent)}, after prompting {_share(total.prompted)}"
    left = f", {counted(total.unmarked, 'question')} unmarked" if total.unmarked else ""
    return f"{marked}{left}  ({total.grader.name} {total.grader.version}{model})"


def _share(score: float | None) -> str:
    return "unmarked" if score is None else percent(score)
