"""Pictures for the grader's card, as SVG text: a reliability diagram and a confusion matrix. Pure."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

_INK, _BAR, _LINE = "#374151", "#4f46e5", "#9ca3af"
_SIDE, _MARGIN = 260, 56


class Bin(NamedTuple):
    """Verdicts of like confidence: its mean, the share that was right, and their number."""

    confidence: float
    right: float
    size: int


def reliability_diagram(bins: Sequence[Bin], title: str) -> str:
    """How often verdicts were right against how sure the grader was; dots grow with the number of verdicts."""
    most = max((each.size for each in bins), default=1)
    dots = "".join(
        f'<circle cx="{_across(each.confidence):.1f}" cy="{_up(each.right):.1f}" fill="{_BAR}" fill-opacity="0.75" '
        f'r="{3 + 9 * (each.size / most) ** 0.5:.1f}">'
        f"<title>{each.size} verdicts: said {each.confidence:.0%}, right {each.right:.0%}</title></circle>"
        for each in bins
    )
    diagonal = (
        f'<line x1="{_across(0)}" y1="{_up(0)}" x2="{_across(1)}" y2="{_up(1)}" stroke="{_LINE}" stroke-dasharray="4"/>'
    )
    ticks = "".join(
        _text(_across(at), _up(0) + 18, f"{at:.0%}", "middle") + _text(_across(0) - 8, _up(at) + 4, f"{at:.0%}", "end")
        for at in (0, 0.25, 0.5, 0.75, 1)
    )
    labels = _text(_across(0.5), _up(0) + 38, "confidence of the verdict", "middle")
    labels += _text(_across(0), _up(1) - 12, "share that was right", "start")
    frame = f'<rect x="{_across(0)}" y="{_up(1)}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="{_LINE}"/>'
    return _picture(_SIDE + 2 * _MARGIN, _SIDE + 2 * _MARGIN, title, frame + diagonal + dots + ticks + labels)


def confusion_matrix(counts: Mapping[tuple[str, str], int], names: Sequence[str], title: str) -> str:
    """Labels down, verdicts across; each cell with its count and its share of the label's row."""
    cell, left, top = 84, 120, 78
    parts: list[str] = []
    for row, label in enumerate(names):
        total = sum(counts.get((label, said), 0) for said in names)
        parts.append(_text(left - 8, top + row * cell + cell / 2 + 4, label, "end"))
        parts.append(_text(left + row * cell + cell / 2, top - 8, label, "middle"))
        for column, said in enumerate(names):
            count = counts.get((label, said), 0)
            share = count / total if total else 0.0
            x, y = left + column * cell, top + row * cell
            parts.append(
                f'<rect x="{x}" y="{y}" width="{cell - 2}" height="{cell - 2}" fill="{_BAR}" '
                f'fill-opacity="{share:.2f}" stroke="{_LINE}"/>'
            )
            ink = "#ffffff" if share > 0.5 else _INK
            parts.append(_text(x + cell / 2, y + cell / 2 - 2, str(count), "middle", ink))
            parts.append(_text(x + cell / 2, y + cell / 2 + 16, f"{share:.0%}", "middle", ink))
    parts.append(_text(left, 46, "the grader's verdict →", "start"))
    parts.append(_text(8, top - 8, "our label ↓", "start"))
    return _picture(left + len(names) * cell + 16, top + len(names) * cell + 16, title, "".join(parts))


def _picture(width: float, height: float, title: str, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="system-ui, sans-serif" font-size="12" role="img">'
        f'<title>{escape(title)}</title><rect width="100%" height="100%" fill="#ffffff"/>'
        f"{_text(8, 22, title, 'start')}{body}</svg>\n"
    )


def _text(x: float, y: float, text: str, anchor: str, ink: str = _INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{ink}">{escape(text)}</text>'


def _across(value: float) -> float:
    return _MARGIN + value * _SIDE


def _up(value: float) -> float:
    return _MARGIN + (1 - value) * _SIDE
