"""Formats that a hostile file can blow up are read in a process of their own, with bounded memory and time.

The readers and their vendors are loaded there only."""

import json
import subprocess
import sys
from pathlib import Path

from knowledge.blocks import Reading
from knowledge.models import Block

# Of address space and of processor and wall-clock time.
MEMORY_BYTES = 450_000_000
SECONDS = 20


class ConfinedError(Exception):
    """Why the file was not read, in one line."""


def read_confined(kind: str, path: Path) -> Reading:
    """Raises ConfinedError."""
    limits = [str(MEMORY_BYTES), str(SECONDS)]
    command = [sys.executable, "-m", "knowledge.confined_readers", kind, str(path.absolute()), *limits]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS + 5, check=False)
    except subprocess.TimeoutExpired as error:
        raise ConfinedError(f"not read within {SECONDS} seconds") from error
    if done.returncode != 0:
        raise ConfinedError(f"not read within {SECONDS} seconds and {MEMORY_BYTES // 1_000_000} MB, or broken")
    told = json.loads(done.stdout)
    if error := told.get("error"):
        raise ConfinedError(error)
    blocks = tuple(Block.model_validate(block) for block in told["blocks"])
    return Reading(told["text"], blocks, told["title"], None, told["author"])
