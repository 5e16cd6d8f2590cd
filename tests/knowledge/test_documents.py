"""Reading: every format becomes text and blocks that point into it, and what cannot be read says why."""

import json
from pathlib import Path

import pytest

from knowledge.documents import MAX_BYTES, DocumentError, read_document, walk
from knowledge.models import Block, Document
from knowledge.mojibake import repair

LOOKALIKES = sorted((Path(__file__).parent / "lookalikes").glob("*.txt"))

MARKDOWN = """---
title: "Notes on queues"
---

Queues
======

A queue **holds** work, see [the manual](https://queue.example/manual).
It is read in order.

1. **What is a dead letter?**
   A message nobody could handle.

   ```python
   queue.reject()
   ```
2. Plain item
   - nested `item`

**A bold line**

| a | b |
|---|---|
| 1 | 2 |

[ref]: https://queue.example/ref
"""

HTML = """<!DOCTYPE html><html><head><title>Page</title><style>p{}</style><script>var a = 1;</script></head><body>
<nav><a href="/">Home</a></nav>
<h1>Caching</h1><p>A cache &amp; its <b>limits</b>.<br>Second line.</p>
<ol start="3"><li>Three<ul><li>inner</li></ul></li><li><p>Four</p><p>more of four</p></li></ol>
<p><strong>What expires?</strong> Everything.</p>
<pre><code>GET key
  SET key</code></pre>
<details><summary>Why?</summary>Because.</details>
<table><tr><th>k</th><th>v</th></tr><tr><td>1</td><td>2</td></tr></table>
<!-- a comment --></body></html>"""


@pytest.fixture
def write(tmp_path: Path):
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def shape(document: Document) -> list[tuple[str, int, str | None, str]]:
    return [(b.kind, b.depth, b.marker, b.plain or b.text) for b in document.blocks]


def offsets_are_exact(document: Document) -> bool:
    def exact(block: Block) -> bool:
        first = document.text.count("\n", 0, block.start) + 1
        last = first + block.text.count("\n")
        within = document.text[block.start : block.end] == block.text
        return within and (block.first_line, block.last_line) == (first, last)

    return all(exact(block) for block in document.blocks)


def test_markdown_becomes_blocks_and_keeps_its_own_lines(write):
    document = read_document(write("notes.md", MARKDOWN))
    assert document.title == "Notes on queues"
    assert document.text.split("\n")[4] == "Queues"
    assert shape(document) == [
        ("heading", 1, None, "Queues"),
        ("paragraph", 0, None, "A queue holds work, see the manual.\nIt is read in order."),
        ("heading", 6, "1.", "What is a dead letter?"),
        ("paragraph", 1, None, "A message nobody could handle."),
        ("code", 1, None, "queue.reject()"),
        ("item", 0, "2.", "Plain item"),
        ("item", 1, "-", "nested item"),
        ("heading", 6, None, "A bold line"),
        ("table", 0, None, "| a | b |\n| 1 | 2 |"),
        ("paragraph", 0, None, "[ref]: https://queue.example/ref"),
    ]
    assert document.blocks[1].links == ("https://queue.example/manual",)
    assert offsets_are_exact(document)


def test_html_becomes_text_without_scripts_and_navigation(write):
    document = read_document(write("page.html", HTML))
    assert document.title == "Caching"
    assert shape(document) == [
        ("heading", 1, None, "Caching"),
        ("paragraph", 0, None, "A cache & its limits.\nSecond line."),
        ("item", 0, "3.", "Three"),
        ("item", 1, "-", "inner"),
        ("item", 0, "4.", "Four"),
        ("paragraph", 1, None, "more of four"),
        ("heading", 6, None, "What expires?"),
        ("paragraph", 0, None, "Everything."),
        ("code", 0, None, "GET key\n  SET key"),
        ("heading", 6, None, "Why?"),
        ("paragraph", 0, None, "Because."),
        ("table", 0, None, "| k | v |\n| 1 | 2 |"),
    ]
    assert offsets_are_exact(document)


def test_html_inside_markdown_is_read_as_html(write):
    document = read_document(
        write("mixed.md", "# T\n\n<details><summary>Why?</summary>\n\nSo **that**.\n\n</details>\n")
    )
    assert shape(document) == [
        ("heading", 1, None, "T"),
        ("heading", 6, None, "Why?"),
        ("paragraph", 0, None, "So that."),
    ]


def test_angle_brackets_that_are_no_tag_stay_text(write):
    document = read_document(
        write("java.md", "# What is a List<String>?\n\nA list <br> of strings, see `Map<K, V>`.\n")
    )
    assert "List<String>?" in document.text
    assert "Map<K, V>" in document.text


def test_plain_text_lines_are_paragraphs_unless_the_text_is_wrapped(write):
    long = "This line goes on for much longer than anybody would wrap it by hand, " * 3
    document = read_document(write("lines.txt", f"A Heading\n{long}\n{long}\n  1. first\n  2) second\n     • deeper\n"))
    assert [block[:3] for block in shape(document)] == [
        ("heading", 6, None),
        ("paragraph", 0, None),
        ("paragraph", 0, None),
        ("item", 0, "1."),
        ("item", 0, "2)"),
        ("item", 1, "•"),
    ]
    wrapped = (
        "A paragraph that was wrapped by hand goes on over\nthe end of its line and then it stops.\n\nAnother one.\n"
    )
    assert len(read_document(write("wrapped.txt", wrapped)).blocks) == 2


def test_a_wordpress_post_carries_its_title_author_and_address(write):
    post = {"title": {"rendered": "A &amp; B"}, "link": "https://b.example/p", "content": {"rendered": "<p>Text</p>"}}
    document = read_document(write("post.json", json.dumps(post | {"authorinfo": {"name": "Ann"}})))
    assert (document.title, document.source.url, document.source.author) == ("A & B", "https://b.example/p", "Ann")
    several = read_document(write("posts.json", json.dumps([post, post])))
    assert [block.text for block in several.blocks] == ["A & B", "Text", "A & B", "Text"]


@pytest.mark.parametrize("path", LOOKALIKES, ids=lambda path: path.stem)
def test_every_block_is_exactly_where_it_says(path: Path):
    document = read_document(path)
    assert document.blocks
    assert offsets_are_exact(document)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("\ufeffWhat is naïve?".encode(), "What is naïve?", id="utf-8 with a mark"),
        pytest.param("What is naïve?".encode("utf-16"), "What is naïve?", id="utf-16"),
        pytest.param("\ufeffWhat is naïve?".encode("utf-16-be"), "What is naïve?", id="utf-16 big endian"),
        pytest.param("“What’s naïve?”".encode("cp1252"), "“What’s naïve?”", id="cp1252"),
        pytest.param(b"one\r\ntwo\rthree\x0cfour", "one\ntwo\nthree\nfour", id="line ends"),
    ],
)
def test_text_is_decoded_whatever_wrote_it(write, raw: bytes, text: str):
    assert read_document(write("a.txt", raw)).text == text


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        pytest.param("🚀".encode().decode("mac_roman"), "🚀", id="rocket read as Mac Roman"),
        pytest.param("üöÄ", "🚀", id="its first byte lost"),
        pytest.param("it’s".encode().decode("cp1252"), "it’s", id="quote read as Windows-1252"),
        pytest.param("naïve — “so” 🚀 Привет ü", "naïve — “so” 🚀 Привет ü", id="sound text stays"),
    ],
)
def test_misread_text_is_repaired(broken: str, mended: str):
    assert repair(broken) == mended


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param("none.txt", None, "there is no such file", id="missing"),
        pytest.param("a.txt", b"", "empty", id="empty"),
        pytest.param("a.txt", b" \n\t\n", "empty", id="white space"),
        pytest.param("a.html", b"<html><script>x()</script></html>", "empty", id="html without text"),
        pytest.param("a.bin", bytes(range(256)) * 4, "binary", id="binary"),
        pytest.param("a.txt", b"\x89PNG\r\n\x1a\n" + b"x" * 99, "a PNG image", id="image called text"),
        pytest.param("a.pdf", b"%PDF-1.7 ...", "broken PDF", id="pdf"),
        pytest.param("a.txt", b"caf\x81\x8d\x8f \xff", "cannot be decoded", id="undecodable"),
        pytest.param("a.json", b'{"content": ', "broken JSON", id="broken json"),
        pytest.param("a.yaml", b"- q: [a\n- b: c\n", "broken YAML: ", id="broken yaml"),
        pytest.param("a.yml", b"- " * 200 + b"a", "broken YAML: nested too deeply", id="deep yaml"),
        pytest.param("a.yml", b"a: &a [b]\nc: *a\n", "YAML with aliases", id="yaml with aliases"),
        pytest.param("a.txt", b'{"content": {"rendered": "<p>x', "broken JSON", id="broken json called text"),
        pytest.param("a.json", b"[" * 100_000, "nested too deeply", id="deep json"),
        pytest.param("a.docx", b"PK\x03\x04....", "ZIP archive", id="zip"),
        pytest.param("a.txt", b"x" * (MAX_BYTES + 1), "over 20 MB", id="too large"),
    ],
)
def test_what_cannot_be_read_says_why_in_one_line(write, tmp_path: Path, name: str, content: bytes | None, reason: str):
    path = write(name, content) if content is not None else tmp_path / name
    with pytest.raises(DocumentError) as caught:
        read_document(path)
    assert reason in caught.value.reason
    assert "\n" not in caught.value.reason


def test_a_folder_is_no_document(tmp_path: Path):
    with pytest.raises(DocumentError, match="a folder"):
        read_document(tmp_path)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<div>" * 20_000 + "deep" + "</div>" * 20_000, id="deep"),
        pytest.param("<ul><li>" * 5_000 + "deep", id="deep lists never closed"),
        pytest.param("</ul></li></h1></b>deep<b><p></b></p>", id="misnested"),
        pytest.param("<p>deep" + "<b" * 20_000, id="tags never ended"),
        pytest.param("<p>deep<p>" + "&" * 50_000, id="bare ampersands"),
    ],
)
@pytest.mark.timeout(30)
def test_hostile_html_is_read_without_harm(write, html: str):
    assert "deep" in read_document(write("hostile.html", html)).text


def test_folders_are_walked_in_order_and_links_refused(tmp_path: Path):
    for name in ("b/2.txt", "b/1.txt", "a.txt", ".git/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    missing = tmp_path / "missing.txt"
    found = [path.relative_to(tmp_path).as_posix() for path in walk([tmp_path, missing])]
    assert found == ["a.txt", "b/1.txt", "b/2.txt", "link.txt", "loop", "missing.txt"]
    for name in ("link.txt", "loop"):
        with pytest.raises(DocumentError, match="a link"):
            read_document(tmp_path / name)
