"""Mends text whose UTF-8 was once read as another encoding: damaged emoji and quotes. Pure."""

import re

# Encodings that UTF-8 is commonly misread as. Mac Roman comes first: its damage is the kind that loses a byte.
MISREADINGS = ("mac_roman", "cp1252")

_RUN = re.compile(r"[^\x00-\x7f]+")
_HEADLESS_EMOJI = re.compile(rb"(?<!\xf0)(\x9f[\x80-\xbf]{2})")


def repair(text: str) -> str:
    """The text with misread runs put right; a run changes only where what comes out is valid and shorter."""
    return _RUN.sub(lambda match: _repair_run(match[0]), text)


def _repair_run(run: str) -> str:
    for encoding in MISREADINGS:
        try:
            raw = b"".join(_encode(character, encoding) for character in run)
        except UnicodeEncodeError:
            continue
        for candidate in (raw, _HEADLESS_EMOJI.sub(b"\xf0\\1", raw)):
            try:
                mended = candidate.decode("utf-8")
            except UnicodeDecodeError:
                continue
            if len(mended) < len(run):
                return mended
    return run


def _encode(character: str, encoding: str) -> bytes:
    """Windows-1252 leaves five bytes without a character; who reads them keeps them as they are."""
    return bytes([ord(character)]) if "\x80" <= character <= "\x9f" else character.encode(encoding)
