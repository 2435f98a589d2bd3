"""The one frozen ``Settings``, and the only reader of the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from assistant.errors import SettingsError

# The names of this computer, that no other one answers to.
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
ROOT = Path(__file__).resolve().parent.parent
# No control character nor separator of lines or paragraphs: it stands inside a sentence of the texts.
ONE_LINE = r"^[^\p{Cc}\p{Zl}\p{Zp}]*$"


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
    database_url: str = Field(
        f"sqlite+aiosqlite:///{ROOT / '.data' / 'repere.sqlite3'}",
        description="accounts, history, tickets and audit; SQLite by default",
    )
    host: str = Field("127.0.0.1", description="address the chat listens on")
    port: int = Field(8000, ge=1, le=65535, description="port the chat listens on")
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^/\s]+)?$",
        description="address that agents type, as the reverse proxy serves it; https makes cookies Secure",
    )
    proxies: str = Field(
        "127.0.0.1", description="addresses of the reverse proxies whose headers are believed"
    )
    session_hours: int = Field(12, ge=1, le=720, description="hours after which one must sign in again")
    retention_days: int = Field(
        90, ge=1, le=3650, description="days a discussion is kept after its last message"
    )
    ticket_retention_days: int = Field(
        365, ge=1, le=3650, description="days a ticket is kept after it was answered or withdrawn"
    )
    authority: str = Field("votre collectivité", description="name of the authority, shown to agents")
    referents_contact: str = Field(
        "l’équipe référente", description="how to reach the referents, shown when no answer is sure"
    )
    referents_delay: str = Field(
        "trois jours ouvrés", description="how long a referent’s reply takes, said to whoever asks"
    )
    urgent_contact: str = Field(
        "l’équipe référente", description="who to call at once after an incident or a data breach"
    )
    referents_email: str = Field(
        "", pattern=ONE_LINE, description="{{referents.courriel}} in the texts: mailbox of the referents"
    )
    referents_phone: str = Field(
        "", pattern=ONE_LINE, description="{{referents.telephone}} in the texts: telephone of the referents"
    )
    dpo_email: str = Field(
        "",
        pattern=ONE_LINE,
        description="{{dpo.courriel}} in the texts: mailbox of the data protection officer",
    )
    rssi_email: str = Field(
        "", pattern=ONE_LINE, description="{{rssi.courriel}} in the texts: mailbox of the security officer"
    )
    rssi_phone: str = Field(
        "",
        pattern=ONE_LINE,
        description="{{rssi.telephone}} in the texts: urgent security line, also out of hours",
    )
    intranet_address: str = Field(
        "",
        pattern=ONE_LINE,
        description="{{intranet.adresse}} in the texts: intranet page of the authorised tools and forms",
    )
    personal_data_article: str = Field(
        "charte#article-16", description="passage that a warning on personal data quotes: <document>#<anchor>"
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
    metrics_token: str = Field("", description="bearer token that may read /metrics; empty: admins only")
    log_level: str = Field("INFO", description="level of the server's log")
    log_format: Literal["text", "json"] = Field("text", description="log lines for people, or for machines")

    @property
    def address(self) -> str:
        """Return the address of the site, as agents type it or as this computer sees it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"


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
