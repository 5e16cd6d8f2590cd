"""Sets of words, written as a line of text where they are used. Pure."""


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())
