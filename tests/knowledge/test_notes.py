"""The study notes are passages throughout, also where a heading is what interviewers ask."""

from knowledge.bank import read_notes
from knowledge.notes import note_passages


def test_every_section_of_every_note_is_a_passage_and_tells_its_lines() -> None:
    for note in read_notes():
        lines = note.text.splitlines()
        headings = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
        passages = note_passages(note)
        assert list(dict.fromkeys(passage.heading for passage in passages)) == headings
        for passage in passages:
            first, last = passage.lines
            assert lines[first - 1] == f"## {passage.heading}"
            assert lines[last - 1].startswith("Source: ")
