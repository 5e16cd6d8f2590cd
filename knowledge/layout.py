"""Pieces become readable text again: paragraphs apart, lists and code in Markdown's manner. Pure."""

from collections.abc import Sequence

from knowledge.pieces import Piece


def render(pieces: Sequence[Piece]) -> str:
    """The pieces' text without inline markup. Items are indented from the shallowest among them."""
    base = min((piece.depth for piece in pieces if piece.kind == "item"), default=0)
    text = ""
    before: Piece | None = None
    for piece in pieces:
        if before is not None:
            tight = before.kind == piece.kind == "item" or (before.last_line + 1 == piece.first_line and _flows(piece))
            text += "\n" if tight else "\n\n"
        text += _render_piece(piece, base)
        before = piece
    return text.strip()


def _flows(piece: Piece) -> bool:
    return piece.kind in ("paragraph", "item")


def _render_piece(piece: Piece, base: int) -> str:
    match piece.kind:
        case "code":
            fence = "````" if "```" in piece.text else "```"
            return f"{fence}\n{piece.text}\n{fence}"
        case "item":
            indent = "  " * (piece.depth - base)
            marker = f"{piece.marker} " if piece.number else "- "
            return indent + marker + piece.text.replace("\n", "\n" + indent + " " * len(marker))
        case "heading":
            return f"{piece.marker} {piece.text}" if piece.number else piece.text
        case "paragraph" | "table":
            return piece.text
