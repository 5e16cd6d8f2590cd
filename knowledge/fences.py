"""Ends fences of code that were never closed, where the document's own headings show it. Pure."""

import re
from collections import Counter
from collections.abc import Sequence

from knowledge.asking import asks
from knowledge.blocks import split_number

_FENCE = re.compile(r"\s*(?P<marks>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_HEADING = re.compile(r"(#{2,6})\s+(?P<text>\S.*)")


def close_fences(text: str) -> str:
    """A blank line before the heading becomes the fence's end, so that all lines keep their numbers."""
    lines = text.split("\n")
    levels = Counter[int]()
    opened: int | None = None
    number = 0
    while number < len(lines):
        fence = _FENCE.match(lines[number])
        if opened is None:
            heading = _HEADING.match(lines[number])
            levels[len(heading[1]) if heading else 0] += 1
            opened = number if fence else None
        elif fence and _closes(fence, lines[opened]):
            opened = None
        elif _shows_it(lines, number, fence, levels):
            end = _last_place(lines, opened, number, levels)
            if end is not None:
                lines[end] = (_FENCE.match(lines[opened]) or fence or [""])[0].strip()[:3]
                opened, number = None, end
        number += 1
    return "\n".join(lines)


def _closes(fence: re.Match[str], opening: str) -> bool:
    begun = _FENCE.match(opening)
    return not fence["info"].strip() and begun is not None and fence["marks"].startswith(begun["marks"])


def _shows_it(lines: Sequence[str], number: int, fence: re.Match[str] | None, levels: Counter[int]) -> bool:
    """Another fence begins, the text ends, or a heading like those outside asks something."""
    if number + 1 == len(lines) or (fence and fence["info"].strip()):
        return True
    heading = _heading(lines, number, levels)
    return heading is not None and (asks(heading) >= 1 or split_number(heading)[0] is not None)


def _last_place(lines: Sequence[str], opened: int, number: int, levels: Counter[int]) -> int | None:
    """The blank line before the first heading inside."""
    inside = range(opened + 2, number + 1)
    return next((at - 1 for at in inside if _heading(lines, at, levels) is not None), None)


def _heading(lines: Sequence[str], number: int, levels: Counter[int]) -> str | None:
    """The heading that stands on the line, as such do outside: between blank lines, and of a level seen there."""
    match = _HEADING.match(lines[number])
    if not match or not levels[len(match[1])] or lines[number - 1].strip():
        return None
    after = lines[number + 1] if number + 1 < len(lines) else ""
    return match["text"] if not after.strip() else None
