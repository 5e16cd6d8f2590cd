"""The numbers on top of a reader are written beside it, and say what they stand on."""

import runpy
from pathlib import Path

from evals.stacking import Examples, write_numbers
from evals.tuning import numbers_of
from interviewer.grading import coefficients
from interviewer.grading.joint import WEIGHTS


def test_a_reader_elsewhere_leaves_the_shipped_numbers_alone(tmp_path: Path) -> None:
    assert numbers_of(tmp_path) == tmp_path / "coefficients.py"
    assert numbers_of(WEIGHTS / ".." / WEIGHTS.name) == Path(coefficients.__file__)


def test_the_numbers_say_what_they_were_fitted_on(tmp_path: Path) -> None:
    read = {"caching": Examples(answers=9), "hashing": Examples(answers=8)}
    write_numbers(coefficients.WEIGHTS, read, "joint-0123", tmp_path / "coefficients.py")
    assert "# Fitted on 17 labelled answers to 2 questions." in (tmp_path / "coefficients.py").read_text("utf-8")
    again = runpy.run_path(str(tmp_path / "coefficients.py"))
    assert (again["READER"], again["WEIGHTS"]) == ("joint-0123", coefficients.WEIGHTS)
