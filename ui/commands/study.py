"""`questions`, `show`, `search`, `lint`: what can be asked, and what stands behind it."""

from typing import Annotated, Any, get_args

import typer
from rich.markup import escape
from rich.table import Table

from interviewer import wiring
from interviewer.settings import read_settings
from knowledge.index_models import Hit
from knowledge.models import Kind, Level, Question
from ui.console import ERR, OUT, plain, print_json, progress_bar, refuse
from ui.render import counted

JsonFlag = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]


def questions(
    topic: Annotated[str | None, typer.Option(help="Only this topic, 'databases' say.")] = None,
    level: Annotated[str | None, typer.Option(help=f"One of {', '.join(get_args(Level))}.")] = None,
    kind: Annotated[str | None, typer.Option(help=f"One of {', '.join(get_args(Kind))}.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List the questions that can be asked: the shipped bank's, and those from your own documents.

    Example: interviewer questions --topic security --level mid
    """
    check_known("--level", level, get_args(Level))
    check_known("--kind", kind, get_args(Kind))
    library = wiring.open_library(read_settings())
    topics = sorted({question.topic for question in library.all()})
    check_known("--topic", topic, topics)
    found = [
        question
        for question in library.all()
        if topic in (None, question.topic) and level in (None, question.level) and kind in (None, question.kind)
    ]
    if as_json:
        print_json([question.model_dump(mode="json") for question in found])
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("id", no_wrap=True, overflow="fold")
    for name in ("question", "topic", "level", "kind", "points"):
        table.add_column(name)
    for question in found:
        points = f"{len(question.points)}{' (draft rubric)' if question.status == 'draft' and question.points else ''}"
        first_line = question.text.splitlines()[0]
        table.add_row(question.id, escape(first_line), question.topic, question.level, question.kind, points)
    OUT.print(table)
    ERR.print(counted(len(found), "question"))


def show(
    question_id: Annotated[str, typer.Argument(help="An id as `interviewer questions` lists them.")],
    as_json: JsonFlag = False,
) -> None:
    """Show one question with its points, misconceptions, model answer and sources.

    Example: interviewer show rest-idempotency
    """
    library = wiring.open_library(read_settings())
    question = library.get(question_id)
    if question is None:
        refuse(f"no question '{question_id}': `interviewer questions` lists them")
    if as_json:
        print_json(question)
        return
    print_question(question)
    for source in library.asked_in(question_id):
        OUT.print(f"Asked in: {source.title}{f', {source.locator}' if source.locator else ''}", markup=False)


def search(
    text: Annotated[str, typer.Argument(help="What you look for, in your own words.")],
    k: Annotated[int, typer.Option("--k", min=1, max=100, help="How many passages at most.")] = 5,
    as_json: JsonFlag = False,
) -> None:
    """Search the notes, the bank and your documents, by meaning and by word.

    Example: interviewer search "why is my offset pagination slow" --k 3
    """
    hits = wiring.open_search(read_settings()).search(text, k)
    if as_json:
        print_json([_hit_line(hit) for hit in hits])
        return
    for hit in hits:
        where = f"{hit.source.title}{f', {hit.heading}' if hit.heading else ''}"
        lines = f", lines {hit.lines[0]}-{hit.lines[1]}" if hit.lines else ""
        OUT.print(f"[bold]{hit.rank}. {escape(where)}[/bold]{lines}")
        OUT.print(f"   {escape(hit.text[:400])}\n")
    if not hits:
        ERR.print("nothing found")


def lint(as_json: JsonFlag = False) -> None:
    """Check every question of the shipped bank at once: vague or overlapping points, hints that leak, missing sources,
    points that the model answer, marked by the local grader, does not cover.

    Exit status 1 if anything is found.
    """
    with progress_bar() as progress:
        found = wiring.check_bank(read_settings(), progress)
    if as_json:
        print_json([finding.model_dump(mode="json") for finding in found])
    else:
        for finding in found:
            OUT.print(f"{finding.point_id or finding.question_id}: {finding.rule}: {finding.message}", markup=False)
    checked = counted(len(wiring.open_bank().questions), "question")
    ERR.print(f"{checked} checked, {counted(len(found), 'finding')}")
    if found:
        raise typer.Exit(1)


def _hit_line(hit: Hit) -> dict[str, Any]:
    """One hit in the shape of `search --json`."""
    return {
        "rank": hit.rank,
        "text": hit.text,
        "source": hit.source.model_dump(mode="json"),
        "heading": hit.heading,
        "lines": hit.lines,
        "score": hit.score,
    }


def check_known(option: str, value: str | None, known: tuple[str, ...] | list[str]) -> None:
    if value is not None and value not in known:
        raise typer.BadParameter(f"'{plain(value)}' is none of: {', '.join(known)}", param_hint=option)


def print_question(question: Question) -> None:
    draft = "  ·  draft rubric" if question.status == "draft" else ""
    OUT.print(f"[bold]{escape(question.text)}[/bold]")
    OUT.print(f"{question.id}  ·  {question.topic}  ·  {question.level}  ·  {question.kind}{draft}\n", markup=False)
    for point in question.points:
        OUT.print(f"  {'core      ' if point.core else 'supporting'} ×{point.weight}  {point.text}", markup=False)
        if point.source:
            OUT.print(f"                  {point.source.title}  {point.source.url or ''}", markup=False, style="dim")
    for misconception in question.misconceptions:
        OUT.print(f"\n  Misconception: {misconception.text}", markup=False)
        OUT.print(f"  In truth: {misconception.correction}", markup=False)
    if question.model_answer:
        OUT.print("\n[bold]A model answer[/bold]")
        OUT.print(question.model_answer.strip(), markup=False)
