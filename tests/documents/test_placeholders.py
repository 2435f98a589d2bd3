import re
from pathlib import Path

import pytest

from assistant.documents.folder import read_folder
from assistant.documents.placeholders import PLACEHOLDERS, UNSET, fill, find_placeholders, values_of
from assistant.domain import Document
from assistant.settings import Settings, load_settings

# Values that Markdown or YAML would take for markup.
ODD = {
    "referents.courriel": "ia_referents_@ville.example",
    "referents.telephone": "[01] *02*: 03 # 04",
    "dpo.courriel": 'Délégué "RGPD" <dpo@ville.example>',
    "rssi.courriel": "rssi@ville.example",
    "rssi.telephone": "01 02 03 04 05",
    "intranet.adresse": "https://intranet.example/ia?a=1&b=`2`",
}
MARKDOWN = """---
titre: Secours {{rssi.telephone}}
id: secours
type: faq
---

# Secours

## Qui prévenir ({{rssi.courriel}}) ? {#qui}

```fiche
questions:
  - comment joindre {{rssi.telephone}}
synonymes: ["{{dpo.courriel}}"]
```

{{referents.telephone}}: écrivez **à {{ referents.courriel }}**, puis à {{dpo.courriel}}.

- Page {{intranet.adresse}}
- Modèle {{nom.du.maire}} et {{}}
"""
RULES = """statut: projet
regles:
  - id: alerter
    usage: "{{rssi.courriel}}"
    verdict: autorisé sous conditions
    conditions: Appelez le {{referents.telephone}}
    article: charte#article-1
    questions: ["qui est {{dpo.courriel}}"]
"""


def read(folder: Path, name: str, text: str) -> Document:
    (folder / name).write_text(text, encoding="utf-8")
    (document,) = read_folder(folder, 1_000_000, values=ODD).documents
    return document


def test_markdown_is_filled_with_exact_offsets(tmp_path: Path) -> None:
    document = read(tmp_path, "a.md", MARKDOWN)
    whole, entry = document.sections
    assert document.info.title == "Secours 01 02 03 04 05"
    assert entry.trail == ("Secours", "Qui prévenir (rssi@ville.example) ?")
    assert entry.questions == ("comment joindre 01 02 03 04 05",)
    assert entry.synonyms == (ODD["dpo.courriel"],)
    assert (whole.start, whole.end, entry.end) == (0, entry.start, len(document.text))
    assert document.text[entry.start : entry.end].split("\n") == [
        "Qui prévenir (rssi@ville.example) ?",
        f"{ODD['referents.telephone']}: écrivez à ia_referents_@ville.example, puis à {ODD['dpo.courriel']}.",
        f"– Page {ODD['intranet.adresse']}",
        "– Modèle {{nom.du.maire}} et {{}}",
    ]


def test_rules_are_filled(tmp_path: Path) -> None:
    document = read(tmp_path, "regles.yaml", RULES)
    rule = document.sections[-1]
    assert rule.questions == (f"qui est {ODD['dpo.courriel']}",)
    text = document.text[rule.start : rule.end]
    assert text.split("\n")[1].endswith(f"Appelez le {ODD['referents.telephone']}.")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rien { ici } ni {#ancre} ni {dpo}.", []),
        (
            "Un {{dpo.courriel}} et\n{{ rssi.telephone }}{{x}}",
            [(1, "dpo.courriel"), (2, "rssi.telephone"), (2, "x")],
        ),
        ("{{}}", [(1, "")]),
        ("\n\n{{Dpo.Courriel}}", [(3, "Dpo.Courriel")]),
        ("{{dpo.courriel} ici", [(1, "{{dpo.courriel}")]),
        ("{{dpo.courriel", [(1, "{{dpo.courriel")]),
        ("à {dpo.courriel} ou {dpo.courriel}}", [(1, "{dpo.courriel}"), (1, "{dpo.courriel}}")]),
        ("{{dpo.courriel\n}}", [(1, "{{dpo.courriel")]),
    ],
)
def test_what_is_written_as_a_placeholder(text: str, found: list[tuple[int, str]]) -> None:
    assert list(find_placeholders(text)) == found


def test_only_what_is_well_formed_is_filled() -> None:
    text = "{dpo.courriel} {{dpo.courriel} {{dpo.courriel}} {{autre}}"
    assert fill(text, {"dpo.courriel": "{{autre}}", "autre": "b"}) == (
        "{dpo.courriel} {{dpo.courriel} {{autre}} b"
    )


def test_each_placeholder_has_a_setting_of_its_own() -> None:
    fields = [one.setting for one in PLACEHOLDERS.values()]
    assert len(set(fields)) == len(fields)
    filled = {field: f"valeur de {field}" for field in fields}
    values = values_of(load_settings(**filled))
    assert values == {name: f"valeur de {one.setting}" for name, one in PLACEHOLDERS.items()}
    assert all(
        name in str(Settings.model_fields[one.setting].description) for name, one in PLACEHOLDERS.items()
    )


def test_what_is_not_given_stays_visible() -> None:
    assert values_of(load_settings(dpo_email="  ")) == UNSET
    assert all(re.fullmatch(r"\[[^\[\]]+ à compléter\]", words) for words in UNSET.values())
