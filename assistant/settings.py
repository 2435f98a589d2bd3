"""The one frozen ``Settings``, and the only reader of the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an operator can change, read from ``REPERE_*`` variables or a ``.env`` file.

    The README's table is checked against these fields by a test.
    """

    model_config = SettingsConfigDict(
        env_prefix="REPERE_", env_file=".env", env_file_encoding="utf-8", frozen=True, extra="ignore"
    )

    corpus: Path = Field(ROOT / "corpus", description="folder of the framework's documents")
    store: Path = Field(ROOT / "index" / "store", description="folder of the index generations")
    embedding_model: str = Field(
        str(ROOT / "index" / "encoder"),
        description="bundled encoder, or any sentence-transformers model (folder or hub id)",
    )
    chroma_url: str = Field("", description="address of a Chroma server; empty: embedded in the process")
    host: str = Field("127.0.0.1", description="address the chat listens on (loopback only without accounts)")
    port: int = Field(8000, ge=1, le=65535, description="port the chat listens on")
    authority: str = Field("votre collectivité", description="name of the authority, shown to agents")
    referents_contact: str = Field(
        "l’équipe référente", description="how to reach the referents, shown when no answer is sure"
    )
    language: str = Field(
        "fr", pattern="^[a-z]{2}$", description="words of the interface: prompts/<language>.yaml"
    )
    verified_threshold: float = Field(
        0.48, ge=0, le=1, description="provisional score from which an answer is shown as verified"
    )
    confirm_threshold: float = Field(
        0.28, ge=0, le=1, description="provisional score from which passages are shown to confirm"
    )
    subject_threshold: float = Field(
        0.27, ge=0, le=1, description="provisional closeness under which a question is outside the subject"
    )
    answer_words: int = Field(120, ge=40, le=400, description="words quoted at most in an answer")
    question_characters: int = Field(4000, ge=200, le=20000, description="longest question accepted")
    file_megabytes: int = Field(40, ge=1, le=1000, description="largest document read")
    log_level: str = Field("INFO", description="level of the server's log")


def load_settings(**changes: object) -> Settings:
    """Read the settings, with ``changes`` (command-line options) on top.

    Raises:
        SettingsError: a variable has a value of the wrong type or range.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "REPERE_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(
            f"{name} a une valeur inutilisable : {first['input']!r}.",
            f"Attendu : {first['msg']}.",
            "Corrigez la variable d’environnement ou le fichier .env.",
        ) from error
