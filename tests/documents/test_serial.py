from collections.abc import Callable

import pytest
from pydantic import ValidationError

from assistant.documents.serial import from_json, to_json
from assistant.domain import Document

TEXT = """---
id: faq
titre: Questions « d’usage »
type: faq
en_vigueur_depuis: 2026-09-01
---
## Puis-je ? {#puis-je}
```fiche
questions: ["je peux ?"]
references: [charte#article-1]
verdict: autorisé sous conditions
```
Oui 😀, si l’article\u00a01 est respecté.
"""


def test_round_trip_is_exact(read: Callable[..., Document]) -> None:
    document = read(TEXT, "faq.md")
    again = from_json(to_json(document))
    assert again == document
    assert again.sections[0].verdict is document.sections[0].verdict
    assert type(again.sections[0].trail) is tuple


def test_damaged_json_is_refused() -> None:
    with pytest.raises(ValidationError):
        from_json(b'{"info": {}}')
