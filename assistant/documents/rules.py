"""``regles.yaml`` to blocks: each row becomes French sentences with a verdict."""

from __future__ import annotations

import re

from assistant.documents.blocks import Block, clean_line
from assistant.documents.fiche import Fiche, references, verdict
from assistant.documents.metadata import Metadata, read_metadata
from assistant.documents.yamltext import YamlMapping, read_mapping
from assistant.domain import DocumentKind, Verdict
from assistant.french import fold

KEYS = ("id", "usage", "donnees", "outil", "verdict", "conditions", "exception", "article", "questions")
_REQUIRED = ("id", "usage", "verdict", "article")
_ANCHOR = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_VERDICTS = {
    Verdict.ALLOWED: "{use} est autorisé.",
    Verdict.CONDITIONAL: "{use} est autorisé sous conditions.",
    Verdict.FORBIDDEN: "{use} est interdit.",
    Verdict.ASK_REFERENT: "Pour {use}, il faut d’abord demander au référent.",
}
# Data described as « données publiques » need not be introduced as data.
_DATA_WORDS = ("donnee", "information", "document", "contenu", "aucune donnee")


def read_rules(text: str) -> tuple[Metadata, list[Block]]:
    """Read a file of rules.

    Raises:
        LocatedError: a key is missing, unknown or has a value that cannot be used; with its line.
    """
    mapping = read_mapping(text)
    metadata = read_metadata(mapping, DocumentKind.RULES)
    blocks = [Block(metadata.title or "Règles", level=1)]
    seen: dict[str, int] = {}
    for row in mapping.mappings("regles"):
        blocks.extend(_row(row, seen))
    return metadata, blocks


def _row(row: YamlMapping, seen: dict[str, int]) -> list[Block]:
    for key in row:
        if key not in KEYS:
            raise row.error(key, f"clé inconnue « {key} ».", f"Attendu : {', '.join(KEYS)}.")
    for key in _REQUIRED:
        if not row.get(key):
            raise row.error(key, f"il manque « {key} » à cette règle.", f"Attendu : {', '.join(_REQUIRED)}.")
    anchor = row.text("id")
    if not _ANCHOR.fullmatch(anchor):
        raise row.error("id", f"identifiant « {anchor} ».", "Attendu : minuscules, chiffres et tirets.")
    if anchor in seen:
        raise row.error(
            "id", f"la règle « {anchor} » est déjà à la ligne {seen[anchor]}.", "Attendu : un id unique."
        )
    seen[anchor] = row.line_of("id")
    decided = verdict(row)
    fiche = Fiche(row.texts("questions"), references(row, "article"), (), decided)
    heading = Block(_heading(row), level=2, anchor=anchor, fiche=fiche)
    return [heading, Block(sentence(row, decided or Verdict.ASK_REFERENT))]


def _heading(row: YamlMapping) -> str:
    use, data = clean_line(row.text("usage")), clean_line(row.text("donnees"))
    heading = f"{use} ({data})" if data else use
    return heading[:1].upper() + heading[1:]


def sentence(row: YamlMapping, decided: Verdict) -> str:
    """Return a rule in French.

    « Traduire un document avec tout outil autorisé (informations déjà publiques) est autorisé sous
    conditions. <conditions> Exception : <exception> »
    """
    use, data, tool = (clean_line(row.text(key)) for key in ("usage", "donnees", "outil"))
    if tool:
        use += f" avec {tool}"
    if data:
        use += f" ({data})" if fold(data).startswith(_DATA_WORDS) else f" (données : {data})"
    decision = _VERDICTS[decided].format(use=use)
    parts = [decision[:1].upper() + decision[1:]]
    conditions, exception = _closed(row.text("conditions")), _closed(row.text("exception"))
    if conditions:
        parts.append(conditions)
    if exception:
        parts.append(f"Exception : {_lowered(exception)}")
    return " ".join(parts)


def _closed(text: str) -> str:
    cleaned = clean_line(text)
    return cleaned if not cleaned or cleaned[-1] in ".!?…" else f"{cleaned}."


def _lowered(text: str) -> str:
    """Return a sentence ready to follow a colon: « Un acte… » loses its capital, « CNIL… » keeps it."""
    first = re.split(r"[\s’']", text, maxsplit=1)[0]
    ordinary = first[1:].islower() or len(first) == 1
    return text[:1].lower() + text[1:] if ordinary else text
