"""Tells what is said to win a reader over from what is said to inform one. Pure: a table of cues and a sum."""

import re

# From this score on, a text is an advert. No single cue reaches it but a tracked link.
ADVERT = 2.0

_CUES: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (weight, re.compile(pattern, re.IGNORECASE))
    for weight, pattern in (
        (1.0, r"^\W*(?:would you like|do you want|want|looking|ready|interested in|are you (?:looking|ready))\b.*\?"),
        (1.5, r"\bclick (?:here|below|the link|on the)\b"),
        (
            1.5,
            r"\b(?:sign up|subscribe (?:to (?:our|my|the)|now|for)|enrol+ (?:now|today|in)|register now)\b",
        ),
        (1.5, r"\b(?:find|explore|see|get|check|view|read)\b.{0,30}\ball\b.{0,40}\b(?:questions|answers)\b"),
        (1.5, r"\b(?:follow|join|contact|visit) (?:us|our|me|my)\b|\bcheck (?:us |it )?out\b|\bget in touch\b"),
        (1.5, r"\b(?:get started|start learning|apply|buy|order|book|download|try it) (?:now|today|free|for free)\b"),
        (1.5, r"\b(?:download|explore|discover|browse|read|see|get) (?:our|my|more|a wide range)\b"),
        (1.0, r"\bvisit\b|\bstart applying\b|\bstay (?:updated|tuned)\b|\blearn more\b|\bmore questions\b"),
        (1.0, r"\b(?:discounts?|savings|coupon|promo(?:tion)?|free trial|money.back|limited.time|special offers?)\b"),
        (1.0, r"\b(?:boot ?camp|(?:comprehensive|online|certified|full) (?:course|program(?:me)?)|newsletter)\b"),
        (1.0, r"\b(?:mentorship|placement (?:assistance|support|guarantee)|job assistance|industry.grade projects)\b"),
        (1.0, r"\b(?:templates?|resume (?:writing|builder)|cv (?:writing|builder))\b.*\b(?:resume|cv)\b"),
        (1.0, r"\b(?:build|boost|advance|tailor|craft|launch|elevate) your (?:\w+ )?(?:resume|cv|career|skills)\b"),
        (1.0, r"\byour (?:dream job|(?:next )?career|career goals?|resume|cv)\b|\bsuccessful [\w -]+ career\b"),
        (1.0, r"\b(?:our|my) (?:blog|courses?|platform|website|community|channel|team|app|guides?|book|services?)\b"),
    )
)
_POINTER = re.compile(
    r"\W*(?:also read|read also|must read|also check|read more|related(?: \w+)?|recommended(?: \w+)?|you may also like|"
    r"suggested(?: \w+)?)\s*[:\-–—]",
    re.IGNORECASE,
)
_TRACKED = re.compile(r"[?&](?:utm_\w+|ref|aff(?:iliate)?(?:_id)?)=", re.IGNORECASE)
_OUTWARD = re.compile(r"https?://|www\.", re.IGNORECASE)


def is_pointer(text: str, links: tuple[str, ...]) -> bool:
    """ "Also read: …": a line that leads to another page."""
    return bool(links and _POINTER.match(text))


def advert_score(text: str, links: tuple[str, ...] = ()) -> float:
    """The sum of the cues in the text; a tracked link decides alone, any outward link weighs a little."""
    score = sum(weight for weight, cue in _CUES if cue.search(text))
    if any(_TRACKED.search(link) for link in links):
        score += ADVERT
    elif any(_OUTWARD.match(link) for link in links) or _OUTWARD.search(text):
        score += 0.5
    return score


def is_advert(text: str, links: tuple[str, ...] = ()) -> bool:
    return advert_score(text, links) >= ADVERT


def is_bare_link(text: str) -> bool:
    """Nothing but an address or a link's definition."""
    return bool(re.fullmatch(r"(?:\[[^\]]*\]:)?\s*<?(?:https?://|www\.)\S+>?(?:\s+[\"'(].*)?", text.strip()))
