"""Placeholders of a corpus, ``{{referents.courriel}}``: addresses and numbers that the settings give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from assistant.documents.blocks import Block
from assistant.documents.metadata import Metadata
from assistant.settings import Settings


@dataclass(frozen=True, slots=True)
class Placeholder:
    """The field of ``Settings`` that gives a value, and the words that stand for it until it is given."""

    setting: str
    missing: str


PLACEHOLDERS: Mapping[str, Placeholder] = MappingProxyType(
    {
        "referents.courriel": Placeholder("referents_email", "[courriel de l’équipe référente à compléter]"),
        "referents.telephone": Placeholder(
            "referents_phone", "[téléphone de l’équipe référente à compléter]"
        ),
        "dpo.courriel": Placeholder(
            "dpo_email", "[courriel du délégué à la protection des données à compléter]"
        ),
        "rssi.courriel": Placeholder(
            "rssi_email", "[courriel du responsable de la sécurité informatique à compléter]"
        ),
        "rssi.telephone": Placeholder(
            "rssi_phone", "[téléphone d’urgence de la sécurité informatique à compléter]"
        ),
        "intranet.adresse": Placeholder("intranet_address", "[adresse de la page intranet à compléter]"),
    }
)
# What a reading without settings gives.
UNSET: Mapping[str, str] = MappingProxyType({name: one.missing for name, one in PLACEHOLDERS.items()})

_WRITTEN = re.compile(r"\{\{([^{}\n]*)\}\}")
# Also what was meant to be one: braces left open, or a known name between single braces.
_MEANT = re.compile(rf"{_WRITTEN.pattern}|\{{\{{\S*|\{{(?:{'|'.join(map(re.escape, PLACEHOLDERS))})\}}*")


def values_of(settings: Settings) -> Mapping[str, str]:
    """Return the words that stand for each placeholder: the value of its setting, or what is missing."""
    return {
        name: str(getattr(settings, one.setting)).strip() or one.missing for name, one in PLACEHOLDERS.items()
    }


def find_placeholders(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line (from 1) and the name of each ``{{name}}``; a malformed one comes with its braces."""
    for number, line in enumerate(text.split("\n"), start=1):
        for match in _MEANT.finditer(line):
            yield number, match.group() if match.group(1) is None else match.group(1).strip()


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return a text in which each ``{{name}}`` of ``values`` is replaced; any other is left as it stands."""
    if "{{" not in text:
        return text
    return _WRITTEN.sub(lambda match: values.get(match.group(1).strip(), match.group()), text)


def fill_reading(
    metadata: Metadata, blocks: Sequence[Block], values: Mapping[str, str]
) -> tuple[Metadata, list[Block]]:
    """Return what a reader gave, filled.

    Markup is read before: a value that looks like Markdown or YAML is quoted as it was typed.
    """
    titled = replace(metadata, title=fill(metadata.title, values))
    return titled, [_filled(block, values) for block in blocks]


def _filled(block: Block, values: Mapping[str, str]) -> Block:
    fiche = block.fiche
    if fiche is not None:
        fiche = replace(
            fiche, questions=_each(fiche.questions, values), synonyms=_each(fiche.synonyms, values)
        )
    return replace(block, text=fill(block.text, values), fiche=fiche)


def _each(texts: Sequence[str], values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(fill(text, values) for text in texts)
