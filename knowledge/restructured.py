"""reStructuredText's titles become Markdown's: the rest of what such notes hold reads alike. Pure."""

import re

_TITLED = re.compile(r"^(?P<title>\S.*)\n(?P<line>([=\-~^\"'`#*+.:_])\3{2,})[ \t]*$", re.MULTILINE)
_OVERLINE = re.compile(r"^([=\-~^\"'`#*+.:_])\1{2,}[ \t]*(?=\n\S.*\n\1{3,}[ \t]*$)", re.MULTILINE)
_DIRECTIVE = re.compile(r"^\.\. (?:code(?:-block)?|sourcecode)::.*$", re.MULTILINE)
_DEEPEST = 5


def as_markdown(text: str) -> str:
    """Lines keep their numbers. A title's rank is the place of its line's sign among those met so far."""
    signs: list[str] = []

    def titled(match: re.Match[str]) -> str:
        sign = match["line"][0]
        if len(match["line"]) < len(match["title"].rstrip()):
            return match[0]
        if sign not in signs:
            signs.append(sign)
        return "#" * min(signs.index(sign) + 1, _DEEPEST) + f" {match['title']}\n"

    return _TITLED.sub(titled, _DIRECTIVE.sub("", _OVERLINE.sub("", text)))
