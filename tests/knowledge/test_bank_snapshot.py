"""What was kept of the bank is taken while it is true, and never stands in the way."""

from pathlib import Path

import pytest

from knowledge import bank_snapshot
from knowledge.bank import BANK, Bank, BankError, read_bank
from knowledge.bank_snapshot import recall_bank

PLAIN = """
topic: databases
questions:
  - {id: slow-list, kind: concept, level: mid, text: "The list is slow. Why?"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "bank"
    folder.mkdir()
    (folder / "databases.yaml").write_text(PLAIN, encoding="utf-8")
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "share" / "bank.json"


def refuse_to_read(folder: Path) -> Bank:
    raise AssertionError(f"{folder} was read again")


def test_the_shipped_bank_comes_back_as_it_was_read(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = recall_bank(BANK, kept)
    monkeypatch.setattr(bank_snapshot, "read_bank", refuse_to_read)
    again = recall_bank(BANK, kept)
    assert again == first == read_bank()
    assert again.revision == first.revision


def test_an_edit_is_seen_at_once(folder: Path, kept: Path) -> None:
    recall_bank(folder, kept)
    (folder / "databases.yaml").write_text(PLAIN.replace("Why?", "What now?"), encoding="utf-8")
    assert recall_bank(folder, kept).questions[0].text == "The list is slow. What now?"


def test_a_new_file_is_seen_at_once(folder: Path, kept: Path) -> None:
    recall_bank(folder, kept)
    (folder / "security.yaml").write_text(PLAIN.replace("slow-list", "another"), encoding="utf-8")
    assert [question.id for question in recall_bank(folder, kept).questions] == ["slow-list", "another"]


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe"], ids=["empty", "another shape", "no text"])
def test_what_is_damaged_is_made_anew(folder: Path, kept: Path, damage: bytes) -> None:
    bank = recall_bank(folder, kept)
    whole = kept.read_bytes()
    kept.write_bytes(whole.partition(b"\n")[0] + b"\n" + damage)
    assert recall_bank(folder, kept) == bank
    assert kept.read_bytes() == whole


def test_without_a_place_to_keep_it_the_files_are_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("no folder", encoding="utf-8")
    assert recall_bank(folder, tmp_path / "taken" / "bank.json") == read_bank(folder)


def test_a_bad_bank_is_never_kept(folder: Path, kept: Path) -> None:
    (folder / "databases.yaml").write_text(PLAIN.replace("level: mid", "level: expert"), encoding="utf-8")
    with pytest.raises(BankError):
        recall_bank(folder, kept)
    assert not kept.exists()
