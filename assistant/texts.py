"""Every sentence the interface says, loaded from ``prompts/<language>.yaml`` and checked at start."""

from __future__ import annotations

import string
from pathlib import Path

import yaml

from assistant.errors import SettingsError
from assistant.settings import ROOT

PROMPTS = ROOT / "prompts"
REFERENCE = "fr"


class Texts:
    """The words of the interface in one language, addressed by dotted keys (``chat.welcome``)."""

    def __init__(self, entries: dict[str, str]) -> None:
        self._entries = entries

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence for ``key`` with its ``{placeholders}`` filled.

        Raises:
            KeyError: the key does not exist (a programmer's mistake, caught by the tests).
        """
        return self._entries[key].format(**values)

    def keys(self) -> frozenset[str]:
        """Return every key."""
        return frozenset(self._entries)

    def under(self, prefix: str) -> dict[str, str]:
        """Return the entries whose key starts with ``prefix.``, without the prefix, in file order."""
        start = prefix + "."
        return {key[len(start) :]: text for key, text in self._entries.items() if key.startswith(start)}


def _flatten(node: object, prefix: str, into: dict[str, str]) -> None:
    if isinstance(node, dict):
        for name, child in node.items():
            _flatten(child, f"{prefix}.{name}" if prefix else str(name), into)
    else:
        into[prefix] = str(node).rstrip("\n")


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _read(path: Path) -> dict[str, str]:
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in path.parent.glob("*.yaml")))
        raise SettingsError(
            f"Pas de textes d’interface « {path.name} ».",
            f"Langues disponibles : {known}.",
            "Changez REPERE_LANGUAGE ou ajoutez le fichier.",
        )
    entries: dict[str, str] = {}
    _flatten(yaml.safe_load(path.read_text(encoding="utf-8")), "", entries)
    return entries


def load_texts(language: str = REFERENCE, folder: Path = PROMPTS) -> Texts:
    """Load one language and check that it has the keys and placeholders of the French reference.

    Raises:
        SettingsError: the file is missing, or a key or placeholder differs from the French one.
    """
    reference = _read(folder / f"{REFERENCE}.yaml")
    entries = _read(folder / f"{language}.yaml")
    wrong = sorted(
        key
        for key in reference.keys() | entries.keys()
        if key not in reference
        or key not in entries
        or _placeholders(reference[key]) != _placeholders(entries[key])
    )
    if wrong:
        raise SettingsError(
            f"prompts/{language}.yaml ne correspond pas à prompts/{REFERENCE}.yaml.",
            "Clés à revoir : " + ", ".join(wrong[:10]) + ".",
            "Donnez à chaque clé les mêmes paramètres entre accolades.",
        )
    return Texts(entries)
