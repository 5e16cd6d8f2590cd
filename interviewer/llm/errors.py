"""What can go wrong with a language model, by what the caller should do.

LLMError
├── LLMUnavailable     no key, no network, a refusal, a time-out: go on without it, say so
└── LLMReplyInvalid    it answered, but not in the asked shape, also after one repair
"""


class LLMError(Exception):
    """The message names the model, the cause and the remedy; it never holds a key."""


class LLMUnavailable(LLMError):
    pass


class LLMReplyInvalid(LLMError):
    pass
