"""Interviews over real files, each in a process that is killed before or after one append, and then a process that
carries on. `python -m tests.interviewer.crash_child FOLDER` forks them all from one warm process and writes what each
found and left to FOLDER/results.json.
"""

import gc
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from interviewer import sql_store
from interviewer.engine import Interview
from interviewer.events import EVENT, Event
from interviewer.sql_store import SqlStore
from tests.interviewer.scripted import begin, desk, play

LENGTH = 2
CREWS = 4
"""Processes at work side by side: they mostly wait for the disk."""
Side = Literal["before", "after"]


class FatalStore(SqlStore):
    """A store at which the process dies, by a signal that nothing can catch."""

    def __init__(self, url: str, seq: int, side: Side) -> None:
        super().__init__(url)
        self.seq = seq
        self.side = side

    def append(self, events: Sequence[Event], expected_seq: int) -> None:
        here = any(event.seq == self.seq for event in events)
        if here and self.side == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        super().append(events, expected_seq)
        if here and self.side == "after":
            os.kill(os.getpid(), signal.SIGKILL)


def hold(log: SqlStore, folder: Path) -> Interview:
    """A new interview to its end. What the candidate sends is kept on their side first, as a browser would."""
    interview = begin(desk(log), length=LENGTH)
    play(interview, lambda text, submission_id: _sent(folder).write_text(json.dumps([text, submission_id])))
    return interview


def carry_on(folder: Path) -> None:
    """Opens what stands, sends the last answer again, and goes on to the end."""
    log = SqlStore(_url(folder))
    known = log.interviews()
    found = log.read(known[0].id) if known else ()
    interview = Interview(known[0].id, desk(log)) if known else begin(desk(log), length=LENGTH)
    interview.carry_on()
    if _sent(folder).exists():
        interview.answer(*json.loads(_sent(folder).read_text()))
    play(interview)
    left = {"found": _dumped(found), "left": _dumped(log.read(interview.id)), "interviews": len(log.interviews())}
    (folder / "result.json").write_text(json.dumps(left))


def crash_and_carry_on(folder: Path, seq: int, side: Side) -> dict[str, object]:
    folder.mkdir()
    shutil.copy(folder.parent / "empty.sqlite", folder / "log.sqlite")
    status = _in_a_process(lambda: hold(FatalStore(_url(folder), seq, side), folder))
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    resumed = _in_a_process(lambda: carry_on(folder))
    result = json.loads((folder / "result.json").read_text()) if resumed == 0 else {}
    return {"seq": seq, "side": side, "killed": killed, "resumed": resumed == 0, **result}


def main(folder: Path) -> None:
    SqlStore(f"sqlite:///{folder / 'empty.sqlite'}").close()
    # The processes die, the machine does not: waiting for the disk would add nothing here but time.
    sql_store.SYNCHRONOUS = "OFF"
    gc.freeze()  # a collection in a fork would copy every page of the parent's
    whole = folder / "whole"
    whole.mkdir()
    assert _in_a_process(lambda: _keep(hold(SqlStore(_url(whole)), whole), whole)) == 0
    expected = json.loads((whole / "result.json").read_text())
    sides: tuple[Side, ...] = ("before", "after")
    places = [(seq, side) for seq in range(1, len(expected) + 1) for side in sides]
    crews = [_begin_process(lambda crew=crew: _crash_at(places[crew::CREWS], folder)) for crew in range(CREWS)]
    assert [_ended(crew) for crew in crews] == [0] * CREWS
    runs = [json.loads((folder / f"{side}-{seq}" / "run.json").read_text()) for seq, side in places]
    (folder / "results.json").write_text(json.dumps({"expected": expected, "runs": runs}))


def _crash_at(places: Sequence[tuple[int, Side]], folder: Path) -> None:
    for seq, side in places:
        run = crash_and_carry_on(folder / f"{side}-{seq}", seq, side)
        (folder / f"{side}-{seq}" / "run.json").write_text(json.dumps(run))


def _keep(interview: Interview, folder: Path) -> None:
    (folder / "result.json").write_text(json.dumps(_dumped(interview.events)))


def _in_a_process(job: Callable[[], object]) -> int:
    return _ended(_begin_process(job))


def _ended(process: int) -> int:
    return os.waitpid(process, 0)[1]


def _begin_process(job: Callable[[], object]) -> int:
    """A forked process that does the job and exits with 0 if it could. Nothing here may hold a database open."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        job()
        status = 0
    finally:
        if status:
            traceback.print_exc()
        os._exit(status)  # the parent's clean-up is the parent's


def _dumped(events: Sequence[Event]) -> list[object]:
    return [EVENT.dump_python(event, mode="json") for event in events]


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'log.sqlite'}"


def _sent(folder: Path) -> Path:
    return folder / "sent.json"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
