from datetime import date

from assistant.texts import Texts
from assistant.web.dates import spoken


def test_dates_are_said_in_french(texts: Texts) -> None:
    assert spoken(date(2026, 9, 1), texts) == "1er septembre 2026"
    assert spoken(date(2026, 11, 23), texts) == "23 novembre 2026"
    assert spoken(date(2027, 8, 31), texts) == "31 août 2027"


def test_there_are_twelve_months(texts: Texts) -> None:
    assert len({spoken(date(2026, month, 2), texts) for month in range(1, 13)}) == 12
