"""`interviewer ingest`: a person's own documents become questions, draft rubrics and passages."""

from pathlib import Path
from textwrap import shorten
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from interviewer import wiring
from interviewer.settings import read_settings
from knowledge.ingest_report import IngestReport
from ui.commands.study import JsonFlag
from ui.console import ERR, OUT, print_json, progress_bar


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders to walk in order; links are not followed.")],
    as_json: JsonFlag = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report, change nothing.")] = False,
) -> None:
    """Read interview documents: Markdown, text, HTML, WordPress JSON. Ingesting twice is the same as once.

    Every question found is listed with what became of it; what is none is kept as a passage or refused with a reason.
    Exit status 1 if a file could not be read; the others are read all the same.

    Example: interviewer ingest notes/ questions.md
    """
    settings = read_settings()
    with progress_bar() as progress:
        report = wiring.ingest_documents(settings, paths, progress, dry_run)
    if as_json:
        print_json(report)
    else:
        _print_report(report)
        if dry_run:
            ERR.print("dry run: nothing was changed")
    for note in report.notes:
        ERR.print(f"interviewer: {note}", style="yellow", markup=False)
    if not report.ok:
        raise typer.Exit(1)


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
        OUT.print(f"  {file.passages} passages{f', lines {where}' if where else ''}\n", markup=False)
    totals = report.totals
    OUT.print(
        f"{totals.questions} questions ({totals.answered} with answers): {totals.kept} kept, {totals.merged} merged; "
        f"{totals.passages} passages; {totals.refused} refused"
    )
