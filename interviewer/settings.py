"""The environment becomes one frozen value, read once at the edge and passed down."""

import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import Field, StringConstraints, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "INTERVIEWER_"

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*$", max_length=128)]


class SettingsError(ValueError):
    """The message names every setting that cannot be used, and the remedy for each."""


class Settings(BaseSettings):
    """What a person may choose, each by an environment variable: the field's name in capitals after INTERVIEWER_."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("viva", appauthor=False)),
        description="The folder of everything a person owns.",
    )
    model: str | None = Field(default=None, description="A model by LiteLLM's name; none: the built-in grader alone.")
    model_timeout: float = Field(default=60, gt=0, le=600, description="Seconds to wait for a model's marking.")
    second_opinion: str | None = Field(
        default=None, description="'seed', or another model's name, to look twice where a score is close to an edge."
    )
    reply_cache: bool = Field(default=True, description="Whether a model's markings are kept, and not asked for twice.")
    # Left out of repr: a database's URL may hold a password.
    database_url: str | None = Field(default=None, repr=False, description="None: SQLite files in `home`.")
    embedding_model: str | None = Field(default=None, description="A folder of one's own; None: the shipped model.")
    workspace_id: Name = "local"
    candidate_id: Name = "local"

    @field_validator("home")
    @classmethod
    def _full_path(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("model", "second_opinion")
    @classmethod
    def _named_as_litellm_does(cls, model: str | None) -> str | None:
        if model is not None and (not model.isprintable() or " " in model):
            raise ValueError("write a model as provider/name, openai/gpt-5 or ollama_chat/llama3.2 say")
        return model

    @field_validator("database_url")
    @classmethod
    def _a_url(cls, url: str | None) -> str | None:
        if url is not None and "://" not in url:
            raise ValueError("write sqlite:////path/to/file or postgresql+psycopg://user:password@host/name")
        return url

    @property
    def interviews_url(self) -> str:
        """The event log's database."""
        return self.database_url or f"sqlite:///{self.home / 'interviews.sqlite'}"

    @property
    def catalogue_url(self) -> str:
        """The catalogue's database: a file of its own on SQLite, so that ingesting never holds up an interview."""
        return self.database_url or f"sqlite:///{self.home / 'catalogue.sqlite'}"

    @property
    def replies_file(self) -> Path:
        return self.home / "cache" / "replies.sqlite"

    @property
    def index_folder(self) -> Path:
        return self.home / "index"


def read_settings() -> Settings:
    """The settings of this process; `home` is there afterwards, for its owner alone. Raises SettingsError."""
    complaints = list(_unknown(name for name in os.environ if name.upper().startswith(PREFIX)))
    try:
        settings = Settings()
    except ValidationError as error:
        complaints += [_complaint(str(flaw["loc"][0]), str(flaw["msg"])) for flaw in error.errors(include_input=False)]
        raise SettingsError("\n".join(complaints)) from error
    if complaints:
        raise SettingsError("\n".join(complaints))
    _make_home(settings.home)
    return settings


def _unknown(names: Iterable[str]) -> Iterable[str]:
    known = [f"{PREFIX}{field.upper()}" for field in Settings.model_fields]
    for name in sorted(names):
        if name.upper() not in known:
            # Compared without the prefix, which alone would make any two names look alike.
            meant = get_close_matches(name.upper().removeprefix(PREFIX), [k.removeprefix(PREFIX) for k in known], 1)
            remedy = f"did you mean {PREFIX}{meant[0]}?" if meant else f"known are {', '.join(known)}"
            yield f"there is no setting {name}: {remedy}"


def _complaint(field: str, message: str) -> str:
    return f"{PREFIX}{field.upper()} cannot be used: {message.removeprefix('Value error, ')}"


def _make_home(home: Path) -> None:
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"the folder {home} cannot be made ({error.strerror}): set {PREFIX}HOME to a folder you may write to"
        ) from error
    if not os.access(home, os.W_OK | os.X_OK):
        raise SettingsError(f"the folder {home} cannot be written to: set {PREFIX}HOME to one that can")
