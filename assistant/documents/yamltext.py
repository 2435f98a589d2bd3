"""YAML that people write by hand: values with the line each key stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import yaml

from assistant.documents.located import LocatedError

_SCALARS = (str, int, float, date)
_EXPECTED = "Attendu : des lignes « clé: valeur »."
_REMEDY = (
    "Écrivez une clé par ligne, et chaque question sur sa ligne après un tiret, entre guillemets au besoin."
)


@dataclass(frozen=True, slots=True)
class YamlMapping:
    """A YAML mapping and the line (from 1, in the whole file) of each of its keys."""

    values: Mapping[str, object]
    lines: Mapping[str, int]
    line: int

    def __contains__(self, key: object) -> bool:
        return key in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def line_of(self, key: str) -> int:
        """Return the line of this key, or the first line of the mapping."""
        return self.lines.get(key, self.line)

    def get(self, key: str) -> object:
        """Return the value of this key or None."""
        return self.values.get(key)

    def error(self, key: str, found: str, expected: str, remedy: str = "") -> LocatedError:
        """Return the error to raise about this key."""
        return LocatedError(found, expected, remedy, line=self.line_of(key))

    def text(self, key: str) -> str:
        """Return a text value, empty when the key is absent; numbers are accepted as typed.

        Raises:
            LocatedError: the value is a list or a mapping.
        """
        value = self.get(key)
        if value is None:
            return ""
        if isinstance(value, list | dict | YamlMapping):
            raise self.error(key, f"la clé « {key} » contient une liste.", "Attendu : un texte.")
        return str(value).strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty when the key is absent.

        Raises:
            LocatedError: the value is not a list of texts.
        """
        value = self.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, _SCALARS) for item in value):
            raise self.error(
                key,
                f"la clé « {key} » n’est pas une liste de textes.",
                "Attendu : une entrée par ligne, précédée d’un tiret, ou [a, b].",
                "Mettez entre guillemets une entrée qui contient un deux-points.",
            )
        return tuple(" ".join(str(item).split()) for item in value)

    def mappings(self, key: str) -> tuple[YamlMapping, ...]:
        """Return a list of mappings, each knowing its own lines.

        Raises:
            LocatedError: the value is not a list of mappings.
        """
        value = self.get(key)
        if isinstance(value, list) and all(isinstance(item, YamlMapping) for item in value):
            return tuple(value)
        raise self.error(
            key, f"la clé « {key} » n’est pas une liste de fiches.", "Attendu : « - clé: valeur »."
        )


def read_mapping(text: str, first_line: int = 1) -> YamlMapping:
    """Read a YAML mapping that starts on line ``first_line`` of its file.

    Raises:
        LocatedError: the text is not YAML, or not a mapping, or repeats a key.
    """
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return YamlMapping({}, {}, first_line)
        if not isinstance(node, yaml.MappingNode):
            raise LocatedError("YAML sans clé.", _EXPECTED, _REMEDY, first_line)
        return _mapping(loader, node, first_line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + mark.line if mark else first_line
        raise LocatedError(f"YAML illisible ({error.problem}).", _EXPECTED, _REMEDY, line) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise LocatedError("YAML illisible.", _EXPECTED, _REMEDY, first_line) from error


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode, first_line: int) -> YamlMapping:
    lines: dict[str, int] = {}
    values: dict[str, object] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = first_line + key_node.start_mark.line
        if key in lines:
            raise LocatedError(f"la clé « {key} » est répétée.", "Attendu : une seule fois.", line=line)
        lines[key] = line
        values[key] = _value(loader, value_node, first_line)
    return YamlMapping(values, lines, first_line + node.start_mark.line)


def _value(loader: yaml.SafeLoader, node: yaml.Node, first_line: int) -> object:
    """Keep lists of mappings as mappings that know their lines; the rest as YAML reads it."""
    if isinstance(node, yaml.SequenceNode):
        return [
            _mapping(loader, child, first_line)
            if isinstance(child, yaml.MappingNode)
            else loader.construct_object(child, deep=True)
            for child in node.value
        ]
    return loader.construct_object(node, deep=True)
