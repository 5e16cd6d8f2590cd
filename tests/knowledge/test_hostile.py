"""Files made to harm: each is refused with a reason, within 30 seconds and 500 MB of memory."""

import io
import json
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

MOST_SECONDS = 30
MOST_BYTES = 500_000_000

# Reads a document and extracts it in a process of its own; the peak is of it and of its children.
READ = """
import json, resource, sys
from pathlib import Path
from knowledge.documents import DocumentError, read_document
from knowledge.extraction import extract
try:
    extraction = extract(read_document(Path(sys.argv[1])))
    told = {"reason": None, "questions": [q.text for q in extraction.questions]}
except DocumentError as error:
    told = {"reason": error.reason}
# The process's own peak by its status: the other number still knows that of the process it was forked from.
own = next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
peak = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
print(json.dumps(told | {"peak": peak * 1024}))
"""


def docx(document: bytes | Callable[[zipfile.ZipFile], None]) -> bytes:
    """The parts of a DOCX, with this as its text."""
    buffer = io.BytesIO()
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{kinds}"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{links}"><Relationship Id="r1" Type="{office}" Target="word/document.xml"/>'
            "</Relationships>",
        )
        if callable(document):
            document(archive)
        else:
            archive.writestr("word/document.xml", document)
    return buffer.getvalue()


WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def zip_bomb() -> bytes:
    def write(archive: zipfile.ZipFile) -> None:
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            part.write(f"<w:document {WORD}><w:body>".encode())
            for _ in range(400):
                part.write(b" " * 1_000_000)

    return docx(write)


def nested_docx() -> bytes:
    return docx(f"<w:document {WORD}><w:body>{'<w:p>' * 500_000}".encode())


def billion_laughs(start: str = "<!DOCTYPE x [") -> str:
    names = "abcdefghij"
    entities = '<!ENTITY a "lollollollollol">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names)
    )
    return f"<?xml version='1.0'?>{start}{entities}]>"


def laughing_docx() -> bytes:
    text = f"<w:document {WORD}><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>"
    return docx((billion_laughs("<!DOCTYPE w [") + text).encode())


def endless_pdf() -> bytes:
    """Pages whose content is a stream that unpacks to hundreds of megabytes of text."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(b"BT /F1 12 Tf ")]
    parts += [packer.compress(b"(What is this?) Tj 0 -14 Td " * 50_000) for _ in range(200)]
    return pdf(b"".join([*parts, packer.flush()]), b"/Filter /FlateDecode")


def looping_pdf() -> bytes:
    """A tree of pages that contains itself."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9999999>>"
        b"endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"
    )


def pdf(stream: bytes, entries: bytes) -> bytes:
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
        b"4 0 obj<</Length %d %s>>stream\n%s\nendstream endobj\n"
        b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%%%EOF"
    ) % (len(stream), entries, stream)


REFUSED = {
    "bomb.docx": zip_bomb,
    "nested.docx": nested_docx,
    "laughs.docx": laughing_docx,
    "endless.pdf": endless_pdf,
    "looping.pdf": looping_pdf,
    "line.txt": lambda: b"What is this? " * 750_000,
    "line.md": lambda: b"**What** is [this](x)? " * 450_000,
    "line.html": lambda: b"<p>What is this?</p>" * 500_000,
    "line.csv": lambda: b"question,answer\nWhat?," + b"x" * 10_000_000,
    "deep.json": lambda: b"[" * 5_000_000,
    "deep.jsonl": lambda: b'{"a":' * 500 + b"1" + b"}" * 500,
    "script.html": lambda: b"<html><script>" + b"while (true) { alert('What is this?') }" * 1000 + b"</script></html>",
}
READ_WITHOUT_HARM = {
    "laughs.html": lambda: (billion_laughs() + "<html><p>What is &j;?</p></html>").encode(),
    "laughs.txt": lambda: (billion_laughs() + "<x>&j;</x>").encode(),
    "deep.html": lambda: b"<div><ul><li><details><summary>What?" * 20_000,
    "deep.md": lambda: b">" * 5_000 + b" What is this?\n" + b"  - a\n" * 500,
    "brackets.md": lambda: b"# What?\n\n" + b"[" * 19_000 + b"\n\n" + b"*a " * 6_000 + b"\n",
    "spaces.txt": lambda: b"1." + b" " * 900_000 + b"What is this?\nQ" + b" " * 900_000 + b":",
    "stars.md": lambda: (b"**" * 9_000 + b"a\n") * 20,
    "numbers.md": lambda: b"\n".join(b"%d. What is it?\n\n```" % n for n in range(20_000)),
    "headings.md": lambda: b"\n\n".join(b"## Heading %d\n\nWhat is it?" % n for n in range(20_000)),
    "sections.md": lambda: b"\n\n".join(b"# Part %d\n\n## What is it?\n\nIt is a thing." % n for n in range(10_000)),
}


def read(path: Path) -> tuple[dict[str, object], float]:
    """What became of the file, and the seconds that took; the process is held to the memory and time allowed."""
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return json.loads(done.stdout), time.monotonic() - begun


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_with_a_reason_in_bounded_time_and_memory(tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_bytes(REFUSED[name]())
    told, seconds = read(path)
    assert told["reason"]
    assert "\n" not in str(told["reason"])
    assert seconds < MOST_SECONDS
    assert int(str(told["peak"])) < MOST_BYTES


@pytest.mark.parametrize("name", READ_WITHOUT_HARM)
def test_an_odd_file_is_read_in_bounded_time_and_memory(tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_bytes(READ_WITHOUT_HARM[name]())
    told, seconds = read(path)
    assert seconds < MOST_SECONDS
    assert int(str(told["peak"])) < MOST_BYTES
    assert "lollollol" * 9 not in str(told)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path):
    (tmp_path / "secret.md").write_text("# What is secret?\n\nThis.\n")
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    told, _ = read(folder / "link.md")
    assert "a link" in str(told["reason"])
