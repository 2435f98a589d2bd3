from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from assistant.domain import DocumentInfo, DocumentKind, LegalStatus
from assistant.storage.versions import KeptVersion
from assistant.texts import Texts
from assistant.web.reading.standing import Standing, label, standing

DAY = date(2026, 11, 25)
INFO = DocumentInfo(
    "charte", "Charte", DocumentKind.CHARTER, "2.1", LegalStatus.IN_FORCE, "metropole", "charte.md", "c"
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Standing("version 2.1")),
        (
            {"in_force_from": date(2026, 9, 1)},
            Standing("version 2.1, en vigueur depuis le 1er septembre 2026"),
        ),
        (
            {"in_force_from": date(2026, 9, 1), "in_force_until": date(2027, 9, 1)},
            Standing("version 2.1, en vigueur du 1er septembre 2026 au 1er septembre 2027"),
        ),
        (
            {"in_force_from": date(2027, 1, 2)},
            Standing("version 2.1, entrée en vigueur : 2 janvier 2027", "Pas encore en vigueur", "warn"),
        ),
        (
            {"in_force_until": date(2026, 11, 24)},
            Standing("version 2.1, en vigueur jusqu’au 24 novembre 2026", "N’est plus en vigueur", "bad"),
        ),
        (
            {"status": LegalStatus.DRAFT, "in_force_from": date(2026, 9, 1)},
            Standing("version 2.1, entrée en vigueur : 1er septembre 2026", "Projet", "warn"),
        ),
        ({"status": LegalStatus.REPEALED}, Standing("version 2.1", "Abrogé", "bad")),
    ],
)
def test_a_version_says_whether_it_binds(
    changes: dict[str, object], expected: Standing, texts: Texts
) -> None:
    assert standing(replace(INFO, **changes), DAY, texts) == expected


def test_a_version_without_dates_is_told_by_when_it_was_first_seen(texts: Texts) -> None:
    seen = datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert label(KeptVersion(INFO, seen), DAY, texts) == "version 2.1, connue de Repère depuis le 3 mars 2026"
    dated = replace(INFO, in_force_from=date(2026, 9, 1))
    assert (
        label(KeptVersion(dated, seen), DAY, texts) == "version 2.1, en vigueur depuis le 1er septembre 2026"
    )
