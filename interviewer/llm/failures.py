"""Why a call to a model failed, told in words of our own with the remedy. Pure: no vendor is in reach.

A vendor's own words may repeat the key that was sent, and the candidate's text: they are shown only where nothing else
explains the failure, and then shortened and scrubbed.
"""

import re
from collections.abc import Mapping
from typing import Literal, assert_never
from urllib.parse import urlsplit

from pydantic import Field

from knowledge.models import Value

Cause = Literal["timeout", "unreachable", "closed", "no_completion", "status"]

MOST_DETAIL = 200
_SHORTEST_SECRET = 6
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
_SECRET_SHAPE = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|hf|ghp|key)[-_][\w-]{6,}|\bAIza[\w-]{10,}|(?i:bearer)\s+\S+|(?i:api[-_ ]?key)\W+\S{8,}"
)
_ADDRESSES = {
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
    "ollama": ("OLLAMA_API_BASE",),
    "ollama_chat": ("OLLAMA_API_BASE",),
}
_USUAL_ADDRESS = {"ollama": "http://localhost:11434", "ollama_chat": "http://localhost:11434"}


class Failure(Value):
    """A call that brought no reply. `detail` is the vendor's text, not yet scrubbed: it stays inside the adapter."""

    cause: Cause
    status: int | None = Field(description="The HTTP status, where there was one.")
    detail: str = Field(repr=False)
    retry_after: float | None = Field(description="Seconds to wait, as the server asked for them.")

    @property
    def about_key(self) -> bool:
        return self.status in (401, 403) or "missing credentials" in self.detail.lower()


def explain(
    failure: Failure, *, model: str, where: str, timeout: float, missing: tuple[str, ...], secrets: Mapping[str, str]
) -> str:
    """What happened, and what to do about it. `missing` are variables, one of which would have to hold a key."""
    if failure.about_key and missing:
        return f"no API key for '{model}': set {' or '.join(missing)}"
    if failure.about_key:
        return (
            f"{where} refused the key for '{model}' ({failure.status}): check the key, and that it may use this model"
        )
    match failure.cause:
        case "timeout":
            return f"'{model}' gave no reply within {timeout:g} s: {where} may be busy or out of reach"
        case "unreachable":
            return f"cannot connect to {where} for '{model}': is the server running there?"
        case "closed":
            return f"{where} closed the connection without a reply for '{model}': see the server's own log"
        case "no_completion":
            return (
                f"{where} answered without a completion for '{model}': does it speak OpenAI's protocol, at this path?"
            )
        case "status":
            return _explain_status(failure, model, where, secrets)
        case _:
            assert_never(failure.cause)


def _explain_status(failure: Failure, model: str, where: str, secrets: Mapping[str, str]) -> str:
    match failure.status:
        case 404:
            return f"{where} has no model '{model}': check the name, or fetch the model there first"
        case 429:
            return f"{where} takes no more requests for '{model}' now (429): wait, or check the quota"
        case status:
            detail = " ".join(scrubbed(failure.detail, secrets).split())[:MOST_DETAIL]
            return f"'{model}' failed at {where} ({status or 'no status'}): {detail}"


def own_address(provider: str, environment: Mapping[str, str]) -> str | None:
    """The address that a person set for the provider's server, if any."""
    names = _ADDRESSES.get(provider, (f"{provider.upper()}_API_BASE",))
    return next((environment[name] for name in names if environment.get(name)), None)


def name_server(provider: str, environment: Mapping[str, str]) -> str:
    """The server as a person would name it, without user, password and query."""
    address = own_address(provider, environment) or _USUAL_ADDRESS.get(provider)
    if address is None:
        return f"the server of {provider}"
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def scrubbed(text: str, environment: Mapping[str, str]) -> str:
    """The text without any value that the environment keeps under a secret's name, and without what looks like one."""
    secrets = [value for name, value in environment.items() if _SECRET_NAME.search(name)]
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "[secret]")
    return _SECRET_SHAPE.sub("[secret]", text)
