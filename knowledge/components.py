"""The components that site generators write into Markdown to unfold a text become HTML's own. Pure."""

import re

_COMPONENT = r"Accordion(?:Item)?|Collaps(?:e|ible)|Details|Expandable|Spoiler|Toggle"
_OPENS = re.compile(
    rf"^[ \t]*(?:<(?:{_COMPONENT})\s[^>\n]*?\b(?:title|summary|label|header)=\"(?P<title>[^\"\n]+)\"[^>\n]*>"
    r"|\{\{[<%]\s*(?:details|expand|collapse|spoiler)\s+(?:(?:title|summary)=)?"
    r"\"(?P<other>[^\"\n]+)\"[^\n]*[>%]\}\})[ \t]*$",
    re.MULTILINE,
)
_CLOSES = re.compile(
    rf"^[ \t]*(?:</(?:{_COMPONENT})>|\{{\{{[<%]\s*/\s*(?:details|expand|collapse|spoiler)\s*[>%]\}}\}})[ \t]*$",
    re.MULTILINE,
)


def with_details(text: str) -> str:
    """Lines keep their number. A text without such components is returned as it is."""
    if not (_OPENS.search(text) and _CLOSES.search(text)):
        return text
    opened = _OPENS.sub(lambda match: f"<details><summary>{match['title'] or match['other']}</summary>", text)
    return _CLOSES.sub("</details>", opened)
