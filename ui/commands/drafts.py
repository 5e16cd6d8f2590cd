"""`interviewer drafts`: looking through what was drafted from documents, and deciding about it."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from interviewer import wiring
from interviewer.settings import read_settings
from knowledge.draft_edits import as_edit
from knowledge.drafts import STATES, Draft
from knowledge.linter import lint_points
from ui.commands.study import JsonFlag, check_known, print_question
from ui.console import ERR, OUT, print_json, refuse
from ui.render import counted
from ui.streams import read_input

drafts = typer.Typer(
    name="drafts",
    help="Look through the questions of your own documents and decide about their draft rubrics.\n\n"
    "An accepted draft is a reviewed question: it is asked without --drafts, and counts in your progress. "
    "A rejected one is not asked any more. Decisions stay when the same text is ingested again.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

DraftId = Annotated[str, typer.Argument(help="An id as `interviewer drafts list` lists them.")]


@drafts.command("list")
def list_drafts(
    state: Annotated[str | None, typer.Option(help=f"Only these: {', '.join(STATES)}.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List all drafts with what was decided about them.

    Example: interviewer drafts list --state pending
    """
    check_known("--state", state, STATES)
    with wiring.open_drafts(read_settings()) as known:
        found = [draft for draft in known.all() if state in (None, draft.state)]
    if as_json:
        print_json([_line(draft) for draft in found])
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("id", no_wrap=True, overflow="fold")
    for name in ("question", "topic", "level", "points", "state"):
        table.add_column(name)
    for draft in found:
        question = draft.question
        points = f"{len(question.points)}{'' if draft.checkable or not question.points else ' (not marked against)'}"
        first_line = escape(question.text.splitlines()[0])
        table.add_row(question.id, first_line, question.topic, question.level, points, draft.state)
    OUT.print(table)
    ERR.print(counted(len(found), "draft"))


@drafts.command()
def show(draft_id: DraftId, as_json: JsonFlag = False) -> None:
    """Show a draft, where it is asked, what the linter finds in it, and its points as an edit to start from.

    Example: interviewer drafts show what-is-a-lock-1a2b3c4d
    """
    settings = read_settings()
    with wiring.open_drafts(settings) as known:
        draft = known.get(draft_id)
    findings = lint_points(draft.question, wiring.open_embedder(settings))
    if as_json:
        told: dict[str, Any] = {"question": draft.question.model_dump(mode="json")}
        told["findings"] = [finding.model_dump(mode="json") for finding in findings]
        print_json(_line(draft) | told)
        return
    print_question(draft.question)
    OUT.print(f"\nState: {draft.state}{'' if draft.checkable else ' · answers are not marked against its points'}")
    for source in draft.asked_in:
        OUT.print(f"Asked in: {source.title}{f', {source.locator}' if source.locator else ''}", markup=False)
    for finding in findings:
        OUT.print(f"{finding.point_id or finding.question_id}: {finding.rule}: {finding.message}", markup=False)
    if draft.question.points:
        OUT.print("\nTo edit, save this, change it, and hand it to `interviewer drafts edit`:\n")
        OUT.print(as_edit(draft.question), markup=False)


@drafts.command()
def accept(draft_id: DraftId) -> None:
    """Make a draft a reviewed question. Refused while it has no point, or the linter faults one: edit it first.

    Example: interviewer drafts accept what-is-a-lock-1a2b3c4d
    """
    settings = read_settings()
    with wiring.open_drafts(settings) as known:
        _told(known.accept(draft_id, wiring.open_embedder(settings)))
    wiring.refresh_index(settings)


@drafts.command()
def reject(draft_id: DraftId) -> None:
    """Never ask a question again. It can be accepted later.

    Example: interviewer drafts reject what-is-a-lock-1a2b3c4d
    """
    settings = read_settings()
    with wiring.open_drafts(settings) as known:
        _told(known.reject(draft_id))
    wiring.refresh_index(settings)


@drafts.command()
def edit(
    draft_id: DraftId,
    file: Annotated[Path, typer.Option("--file", help="YAML or JSON; - reads standard input.")],
) -> None:
    """Give a draft other points, in the bank's short format; the linter must find nothing in them.

    The file holds a list of points, or points, groups, misconceptions, model_answer, topic and level by name.

    Example: interviewer drafts edit what-is-a-lock-1a2b3c4d --file lock.yaml
    """
    settings = read_settings()
    try:
        text = read_input() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        refuse(f"{file} cannot be read: {error}")
    with wiring.open_drafts(settings) as known:
        _told(known.edit(draft_id, text, wiring.open_embedder(settings)))
    wiring.refresh_index(settings)


def _line(draft: Draft) -> dict[str, Any]:
    question = draft.question
    return {
        "id": question.id,
        "text": question.text,
        "topic": question.topic,
        "level": question.level,
        "kind": question.kind,
        "state": draft.state,
        "points": len(question.points),
        "checkable": draft.checkable,
        "asked_in": [source.model_dump(mode="json") for source in draft.asked_in],
    }


def _told(draft: Draft) -> None:
    ERR.print(f"{draft.question.id}: {draft.state}, {counted(len(draft.question.points), 'point')}", markup=False)
