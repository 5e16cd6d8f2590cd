"""`interviewer doctor`: whether everything that Viva stands on is in place, and the remedy where it is not."""

from collections.abc import Callable

import typer

from interviewer import wiring
from interviewer.settings import Settings, read_settings
from knowledge.models import Value
from ui.commands.study import JsonFlag
from ui.console import OUT, print_json
from ui.refusals import REFUSALS


class Check(Value):
    """One thing that must be in place. `detail` says what was found, or the remedy."""

    name: str
    ok: bool
    detail: str


def doctor(as_json: JsonFlag = False) -> None:
    """Check what Viva stands on: its folder, the bank, the embedding model, the index, the store, the language model.

    Exit status 1 if something is missing, with the remedy. No model is called and no key is shown.
    """
    settings = read_settings()
    checks = [_check(name, look, settings) for name, look in LOOKS.items()]
    if as_json:
        print_json({"ok": all(check.ok for check in checks), "checks": [check.model_dump() for check in checks]})
    else:
        for check in checks:
            OUT.print(f"{'✓' if check.ok else '✗'} {check.name}: {check.detail}", markup=False)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def _check(name: str, look: Callable[[Settings], str], settings: Settings) -> Check:
    try:
        return Check(name=name, ok=True, detail=look(settings))
    except REFUSALS as error:
        return Check(name=name, ok=False, detail=str(error))


def _home(settings: Settings) -> str:
    return str(settings.home)


def _bank(_settings: Settings) -> str:
    bank = wiring.open_bank()
    return (
        f"{len(bank.questions)} questions on {len({q.topic for q in bank.questions})} topics, revision {bank.revision}"
    )


def _embedding_model(settings: Settings) -> str:
    embedder = wiring.open_embedder(settings)
    return f"{embedder.fingerprint}, {embedder.encode(['ready?']).shape[1]} dimensions"


def _index(settings: Settings) -> str:
    generation = wiring.open_search(settings).generation
    return f"{generation.name}, {generation.entries} entries"


def _interviews(settings: Settings) -> str:
    return f"{len(wiring.open_store(settings).interviews())} held"


def _documents(settings: Settings) -> str:
    with wiring.open_catalogue(settings) as catalogue:
        return f"{len(catalogue.documents())} ingested"


def _language_model(settings: Settings) -> str:
    return wiring.describe_llm(settings) or "none: the local grader marks, and nothing leaves this machine"


LOOKS: dict[str, Callable[[Settings], str]] = {
    "home": _home,
    "bank": _bank,
    "embedding model": _embedding_model,
    "index": _index,
    "documents": _documents,
    "interviews": _interviews,
    "language model": _language_model,
}
"""Each says what it found, or raises one of REFUSALS with the remedy."""
