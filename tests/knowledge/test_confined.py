"""What a document read in a process of its own can reach, and what a person is told of how that process ended."""

import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from knowledge import confined
from knowledge.confined import ConfinedError, read_confined
from tests.knowledge.test_hostile import docx, pdf

TEXT = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
PARAGRAPH = TEXT.format("<w:p><w:r><w:t>What is an index?</w:t></w:r></w:p>").encode()

READ_WITHOUT_RESOURCE = """
import sys
sys.modules["resource"] = None  # as on Windows: it cannot be imported
from knowledge.confined_readers import main
main()
"""


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def packed(content: bytes) -> bytes:
    return pdf(zlib.compress(content), b"/Filter /FlateDecode")


def test_nothing_in_the_folder_of_the_document_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("pypdf.py", "docx.py", "lxml.py", "json.py"):
        (tmp_path / name).write_text("from pathlib import Path\nPath('ran').touch()\n")
    path = written(tmp_path / "questions.docx", docx(PARAGRAPH))
    monkeypatch.chdir(tmp_path)
    assert "What is an index?" in read_confined("docx", Path(path.name)).text
    assert not (tmp_path / "ran").exists()


def test_a_reader_that_takes_too_long_is_told_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = written(tmp_path / "long.pdf", packed(b"BT /F1 12 Tf " + b"(What is this?) Tj 0 -14 Td " * 400_000))
    monkeypatch.setattr(confined, "SECONDS", 2)
    with pytest.raises(ConfinedError, match=r"^not read within 2 seconds$"):
        read_confined("pdf", path)


def test_a_reader_that_wants_too_much_memory_is_told_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = written(tmp_path / "wide.pdf", packed(b" " * 70_000_000))
    monkeypatch.setattr(confined, "MEMORY_BYTES", 150_000_000)
    with pytest.raises(ConfinedError, match=r"^needs over 150 MB of memory$"):
        read_confined("pdf", path)


def test_a_reader_that_fails_is_told_as_that_with_its_last_words(tmp_path: Path):
    with pytest.raises(ConfinedError, match=r"^the reader failed: KeyError: 'no such kind'$"):
        read_confined("no such kind", written(tmp_path / "a.pdf", b""))


def test_a_system_without_limits_reads_all_the_same(tmp_path: Path):
    path = written(tmp_path / "questions.docx", docx(PARAGRAPH))
    command = [sys.executable, "-c", READ_WITHOUT_RESOURCE, "docx", str(path), "450000000", "20"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert b"What is an index?" in done.stdout, done.stderr.decode()
