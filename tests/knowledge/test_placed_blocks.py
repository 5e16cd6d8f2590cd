"""Blocks are found by their lines as if all had been looked through."""

import random

from knowledge.models import Block, Document, Source
from knowledge.placed_blocks import PlacedBlocks


def document(*lines: tuple[int, int]) -> Document:
    blocks = tuple(
        Block(kind="paragraph", text=f"{first}-{last}", start=0, end=0, first_line=first, last_line=last)
        for first, last in lines
    )
    text = "\n".join(f"line {number}" for number in range(1, 41))
    return Document(id="0" * 64, name="a.md", title=None, text=text, blocks=blocks, source=Source(title="a"))


def test_what_lies_across_the_edge_is_cut_to_the_lines_asked_for():
    blocks = PlacedBlocks(document((1, 2), (3, 6), (7, 7), (8, 9))).within(4, 8)
    assert [block.text for block in blocks] == ["line 4\nline 5\nline 6", "7-7", "line 8"]


def test_the_same_blocks_are_found_in_whatever_order_they_stand():
    dice = random.Random(1)
    for _ in range(200):
        lines = [(first, first + dice.randint(0, 5)) for first in dice.choices(range(1, 30), k=dice.randint(0, 12))]
        first = dice.randint(1, 35)
        last = first + dice.randint(0, 9)
        found = PlacedBlocks(document(*lines)).within(first, last)
        assert [(block.first_line, block.last_line) for block in found] == [
            (begin, end) for begin, end in lines if begin <= last and end >= first
        ]
