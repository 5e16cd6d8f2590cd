"""`ingest` and `documents`: a person's own documents become questions, draft rubrics and passages, and go again."""

from pathlib import Path
from textwrap import shorten
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from interviewer import wiring
from interviewer.settings import read_settings
from knowledge.ingest_report import IngestReport
from knowledge.readings import KeptDocument
from ui.commands.study import JsonFlag
from ui.console import ERR, OUT, plain, print_json, progress_bar, refuse
from ui.render import counted

SHORT_ID = 12
"""So much of a document's id is listed, and enough to name it by: nobody types all 64 letters."""

documents = typer.Typer(
    name="documents",
    help="List the documents that were ingested, and delete those that are to leave nothing.\n\n"
    "Example: interviewer documents --json",
    rich_markup_mode=None,
    invoke_without_command=True,
)


def ingest(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files, or folders to walk in order; links are not followed. Without any, the index is built anew "
            "from the bank, the notes and what was ingested before."
        ),
    ] = None,
    as_json: JsonFlag = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report, change nothing.")] = False,
) -> None:
    """Read interview documents: Markdown, reStructuredText, plain text, HTML, WordPress JSON, PDF, DOCX, CSV, TSV,
    JSON, JSON lines and YAML. Ingesting twice is the same as once.

    Every question found is listed with what became of it; what is none is kept as a passage or refused with a reason.
    Exit status 1 if a file could not be read; the others are read all the same.

    Example: interviewer ingest notes/ questions.md
    """
    settings = read_settings()
    with progress_bar() as progress:
        report = wiring.ingest_documents(settings, paths or [], progress, dry_run)
    if as_json:
        print_json(report)
    elif not paths and not dry_run:
        ERR.print(f"index: {wiring.open_search(settings).generation.entries} entries")
    else:
        _print_report(report)
        if dry_run:
            ERR.print("dry run: nothing was changed")
    for note in report.notes:
        ERR.print(f"interviewer: {note}", style="yellow", markup=False)
    if not report.ok:
        raise typer.Exit(1)


@documents.callback()
def list_when_nothing_is_named(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    if ctx.invoked_subcommand is None:
        list_documents(as_json)


@documents.command("list")
def list_documents(as_json: JsonFlag = False) -> None:
    """List the documents that were ingested, in the order of their first reading.

    Example: interviewer documents list --json
    """
    kept = _kept()
    if as_json:
        print_json([document.model_dump(mode="json") for document in kept])
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("id", no_wrap=True)
    for name in ("document", "questions", "passages", "refused", "read from"):
        table.add_column(name, overflow="fold")
    for document in kept:
        counts = (str(count) for count in (document.questions, document.passages, document.refused))
        name = escape(document.title or document.name)
        table.add_row(document.id[:SHORT_ID], name, *counts, escape("\n".join(document.paths)))
    OUT.print(table)
    ERR.print(counted(len(kept), "document"))


@documents.command()
def delete(
    document_id: Annotated[
        str, typer.Argument(help=f"An id as `interviewer documents` lists them: its first {SHORT_ID} letters do.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a document for good: its text, its passages, the questions that no other document asks, what you decided
    about those, and what a model drafted from it. The file that it was read from is left alone.

    No search finds it any more. The index before this one is kept until the next is built, for who is searching it.
    Interviews that asked its questions keep them: `interviewer delete` removes those.

    Example: interviewer documents delete 3f2a9c01d4e5
    """
    document = _named(document_id)
    held = f"{counted(document.questions, 'question')} and {counted(document.passages, 'passage')}"
    if not yes and not typer.confirm(f"Delete '{plain(document.name)}' with its {held} for good?"):
        refuse("nothing was deleted")
    wiring.delete_document(read_settings(), document.id)
    ERR.print("deleted")


def _kept() -> tuple[KeptDocument, ...]:
    with wiring.open_catalogue(read_settings()) as catalogue:
        return catalogue.documents()


def _named(beginning: str) -> KeptDocument:
    found = [document for document in _kept() if document.id.startswith(beginning) and len(beginning) >= SHORT_ID]
    if len(found) != 1:
        refuse(f"no document '{beginning}': `interviewer documents` lists them")
    return found[0]


def _print_report(report: IngestReport) -> None:
    for file in report.files:
        OUT.print(f"[bold]{escape(file.path)}[/bold]")
        if file.error:
            OUT.print(f"  could not be read: {file.error}", markup=False, style="red")
            continue
        table = Table("line", "question", "answer", "rubric", "", box=None, padding=(0, 1, 0, 1))
        for question in file.questions:
            fate = f"merged into {question.merged_into}" if question.merged_into else question.status
            answered = "yes" if question.answered else "no"
            table.add_row(str(question.line), escape(question.text.splitlines()[0]), answered, question.rubric, fate)
        if file.questions:
            OUT.print(table)
        for refusal in file.refused:
            text = shorten(refusal.text, 80, placeholder=" …")
            OUT.print(f"  line {refusal.line} refused: {refusal.reason}: {text}", markup=False, style="dim")
        where = ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in file.passage_lines)
        OUT.print(f"  {counted(file.passages, 'passage')}{f', lines {where}' if where else ''}\n", markup=False)
    totals = report.totals
    OUT.print(
        f"{counted(totals.questions, 'question')} ({totals.answered} with answers): {totals.kept} kept, "
        f"{totals.merged} merged; {counted(totals.passages, 'passage')}; {totals.refused} refused"
    )
