"""`make bench`: speed and memory, as ratios within one run where that is possible. The last line is one JSON object."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

GROUPS = ("turn", "ingest", "merge", "search", "cold_start")
PASSAGES, PASSAGES_AMONG_OTHERS = 20_000, 2_000
"""To ingest: five minutes' work where that alone is measured, half a minute's in a run of everything."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", choices=GROUPS, help="one group instead of all")
    parser.add_argument("--passages", type=int, help=f"to ingest; {PASSAGES_AMONG_OTHERS}, with --only {PASSAGES}")
    arguments = parser.parse_args()
    only: str | None = arguments.only
    passages: int = arguments.passages or (PASSAGES if only else PASSAGES_AMONG_OTHERS)
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="viva-bench-") as home:
        os.environ["INTERVIEWER_HOME"] = home
        for group in GROUPS:
            if only in (None, group):
                print(f"measuring {group} ...", file=sys.stderr, flush=True)
                figures |= _measure(group, passages)(Path(home))
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    return 0


def _measure(group: str, passages: int) -> Callable[[Path], dict[str, float]]:
    # Each group is imported only when it runs: what one imports would count in another's memory and time.
    match group:
        case "turn":
            from tests.bench.turn import measure
        case "ingest":
            from tests.bench.ingest import measure as measure_ingest

            return partial(measure_ingest, passages=passages)
        case "merge":
            from tests.bench.merge import measure
        case "search":
            from tests.bench.search import measure
        case _:
            from tests.bench.cold_start import measure
    return measure


if __name__ == "__main__":
    sys.exit(main())
