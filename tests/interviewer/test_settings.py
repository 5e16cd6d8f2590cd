"""What the environment may say, and what is answered when it says something else."""

import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from interviewer.settings import Settings, SettingsError, read_settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("INTERVIEWER_HOME", str(folder))
    return folder


def test_without_choices_everything_is_local_and_lies_in_the_home(home: Path) -> None:
    settings = read_settings()
    assert settings.model is None
    assert (settings.workspace_id, settings.candidate_id) == ("local", "local")
    assert settings.interviews_url == f"sqlite:///{home}/interviews.sqlite"
    assert settings.catalogue_url == f"sqlite:///{home}/catalogue.sqlite"
    assert settings.index_folder == home / "index"


def test_the_home_is_made_for_its_owner_alone(home: Path) -> None:
    read_settings()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_the_home_has_a_place_of_its_own_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INTERVIEWER_HOME")
    assert Settings().home.name == "viva"


def test_a_tilde_is_the_persons_own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("INTERVIEWER_HOME", "~/mine")
    assert read_settings().home == tmp_path / "mine"


def test_every_choice_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql+psycopg://me:hunter2@localhost/viva"
    for name, value in {
        "MODEL": "openai/gpt-5",
        "DATABASE_URL": url,
        "CANDIDATE_ID": "ada",
        "WORKSPACE_ID": "w1",
    }.items():
        monkeypatch.setenv(f"INTERVIEWER_{name}", value)
    settings = read_settings()
    assert (settings.model, settings.candidate_id, settings.workspace_id) == ("openai/gpt-5", "ada", "w1")
    assert settings.interviews_url == settings.catalogue_url == url
    assert "hunter2" not in repr(settings)


def test_an_empty_variable_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWER_MODEL", "")
    assert read_settings().model is None


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        read_settings().model = "openai/other"  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("MODLE", "openai/gpt-5", "INTERVIEWER_MODLE: did you mean INTERVIEWER_MODEL"),
        ("COLOUR", "red", "known are INTERVIEWER_HOME"),
        ("MODEL", "gpt 5", "INTERVIEWER_MODEL cannot be used: write a model as provider/name"),
        ("DATABASE_URL", "viva.sqlite", "write sqlite:////path"),
        ("CANDIDATE_ID", "../etc", "INTERVIEWER_CANDIDATE_ID cannot be used"),
    ],
    ids=["misspelt", "unknown", "spaces", "no URL", "no id"],
)
def test_a_setting_that_cannot_be_used_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, remedy: str
) -> None:
    monkeypatch.setenv(f"INTERVIEWER_{name}", value)
    with pytest.raises(SettingsError, match=remedy):
        read_settings()


def test_all_complaints_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWER_MODLE", "x")
    monkeypatch.setenv("INTERVIEWER_DATABASE_URL", "hunter2")
    with pytest.raises(SettingsError) as raised:
        read_settings()
    assert len(str(raised.value).splitlines()) == 2
    assert "hunter2" not in str(raised.value)


def test_a_home_that_cannot_be_made_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("INTERVIEWER_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(SettingsError, match="set INTERVIEWER_HOME"):
        read_settings()
