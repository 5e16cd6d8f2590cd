"""Formats that a hostile file can blow up are read in a process of their own, with bounded memory and time.

The readers and their vendors are loaded there only."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from knowledge.blocks import Reading
from knowledge.models import Block

# Of address space and of processor and wall-clock time, each where the system can bound it; the clock always does.
MEMORY_BYTES = 450_000_000
SECONDS = 20


class ConfinedError(Exception):
    """Why the file was not read, in one line."""


def read_confined(kind: str, path: Path) -> Reading:
    """Raises ConfinedError."""
    limits = [str(MEMORY_BYTES), str(SECONDS)]
    # -P: nothing in the folder that it is called from is imported, for documents lie there, and maybe a pypdf.py.
    command = [sys.executable, "-P", "-m", "knowledge.confined_readers", kind, str(path.absolute()), *limits]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS + 5, check=False)
    except subprocess.TimeoutExpired as error:
        raise ConfinedError(_too_slow()) from error
    if done.returncode != 0:
        raise ConfinedError(_why(done.returncode, done.stderr))
    told = json.loads(done.stdout)
    if error := told.get("error"):
        raise ConfinedError(error)
    blocks = tuple(Block.model_validate(block) for block in told["blocks"])
    return Reading(told["text"], blocks, told["title"], None, told["author"])


def _why(status: int, complaint: bytes) -> str:
    """What a process ended of that gave no reason of its own: its time, another signal, or what nobody expected."""
    if -status == getattr(signal, "SIGXCPU", None):  # POSIX only
        return _too_slow()
    last = complaint.decode(errors="replace").strip().rpartition("\n")[2]
    return f"the reader failed: {last or f'it ended with status {status}'}"


def _too_slow() -> str:
    return f"not read within {SECONDS} seconds"
