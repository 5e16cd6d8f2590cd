"""A document's blocks, found by their lines without going through all of them. Pure."""

from bisect import bisect_left, bisect_right
from itertools import accumulate

from knowledge.models import Block, Document


class PlacedBlocks:
    def __init__(self, document: Document) -> None:
        self._blocks = document.blocks
        self._lines = document.text.split("\n")
        # In reading order lines only grow, but for what stands beside one another: of all before, and of all after.
        self._last = list(accumulate((block.last_line for block in document.blocks), max))
        self._first = list(accumulate((block.first_line for block in reversed(document.blocks)), min))[::-1]

    def within(self, first: int, last: int) -> tuple[Block, ...]:
        """Those on these lines; one that begins above them, or ends below, is cut to them."""
        near = self._blocks[bisect_left(self._last, first) : bisect_right(self._first, last)]
        return tuple(
            block
            if first <= block.first_line and block.last_line <= last
            else block.model_copy(update={"text": self._text(max(first, block.first_line), min(last, block.last_line))})
            for block in near
            if block.first_line <= last and block.last_line >= first
        )

    def _text(self, first: int, last: int) -> str:
        return "\n".join(self._lines[first - 1 : last])
