"""Ingests a file and is killed on the way: `python -m tests.knowledge.ingest_child HOME FILE POINT`.

POINT is a stage of the progress ("index:2" is its second report), or before or after the pointer is put in place.
"""

import os
import signal
import sys
from pathlib import Path
from unittest import mock

from knowledge import generations
from knowledge.bank import read_bank
from knowledge.catalogue import Catalogue
from knowledge.embedding import OnnxEmbedder
from knowledge.ingest import ingest
from knowledge.model_files import prepare_model


def main(home: Path, file: Path, point: str) -> None:
    stage, _, number = point.partition(":")
    reports = 0

    def progress(at: str, done: int, total: int) -> None:
        nonlocal reports
        reports += at == stage
        if at == stage and reports == int(number or 1):
            die()

    replace = os.replace

    def fatal(source: Path, target: Path) -> None:
        if stage == "unpublished":
            die()
        replace(source, target)
        if stage == "published":
            die()

    with (
        Catalogue(f"sqlite:///{home / 'catalogue.sqlite'}") as catalogue,
        mock.patch.object(generations.os, "replace", fatal),
    ):
        ingest([file], catalogue, read_bank(), OnnxEmbedder(prepare_model()), home / "index", progress)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
