import pytest

from assistant.documents.fiche import Fiche, read_fiche
from assistant.documents.located import LocatedError
from assistant.domain import Verdict


def test_fiche_is_read() -> None:
    text = 'questions: ["je peux ?"]\nreferences: [charte#article-6]\nverdict: interdit\nsynonymes: [IAG]\n'
    wanted = Fiche(("je peux ?",), ("charte#article-6",), ("IAG",), Verdict.FORBIDDEN)
    assert read_fiche(text, 1) == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("question: [a]", "clé inconnue « question »"),
        ("verdict: permis", "autorisé sous conditions"),
        ("references: [charte article 6]", "document#ancre"),
        ("questions: une seule", "liste de textes"),
        ("questions: [a, ,", "illisible"),
    ],
)
def test_a_wrong_fiche_is_named_with_its_line(text: str, words: str) -> None:
    with pytest.raises(LocatedError, match=words) as caught:
        read_fiche(text, 8)
    assert caught.value.line == 8
