from pathlib import Path

import pytest

from evals.graders import open_local


def test_the_shipped_grader_is_measured_with_the_shipped_embedding_model_whatever_a_person_uses(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_shipped = open_local().info
    monkeypatch.setenv("INTERVIEWER_EMBEDDING_MODEL", str(tmp_path / "a model of my own"))
    assert open_local().info == as_shipped
