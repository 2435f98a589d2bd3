import pytest

from tests.documents.checking.prepared import FAQ, GLOSSARY, Corpus, entry, problems


def test_the_same_question_in_two_entries(corpus: Corpus) -> None:
    (found,) = problems(corpus, {"faq.md": FAQ + entry("autre", "Autre sujet ?", "Traduire  un FLYER ?")})
    assert found == (
        "faq.md, ligne 28 : la question « Traduire un FLYER ? » est aussi celle de faq#traduire : "
        "gardez-la dans une seule des deux."
    )


NEAR = [
    ("enregistrer l’entretien annuel de mon agent", "entretien annuel avec mon agent, je l’enregistre ?"),
    ("copier la lettre d’un habitant dans chatgpt", "je peux copier une lettre d’un habitant dans chatgpt ?"),
    ("notes de visite à domicile dans l’outil", "mettre les notes de ma visite à domicile dans l’outil"),
]
FAR = [
    ("mon compte personnel pour le travail", "mon téléphone personnel pour le travail"),
    ("mettre une photo sur le site", "mettre la photo d’un enfant sur le site"),
    ("des infos confidentielles sont parties", "une info est-elle confidentielle ou pas"),
    ("copier une lettre avec son adresse et son nom", "copier une lettre sans son adresse et son nom"),
]


@pytest.mark.parametrize(("one", "other"), NEAR)
def test_questions_that_ask_nearly_the_same(corpus: Corpus, one: str, other: str) -> None:
    faq = FAQ + entry("premier", "Le premier sujet", one) + entry("second", "Une autre affaire", other)
    (found,) = problems(corpus, {"faq.md": faq})
    assert found.startswith(f"faq.md, ligne 41 : la question « {other} » demande presque la même chose que")
    assert f"« {one} » (faq#premier)" in found


@pytest.mark.parametrize(("one", "other"), FAR)
def test_questions_that_only_look_alike(corpus: Corpus, one: str, other: str) -> None:
    faq = FAQ + entry("premier", "Le premier sujet", one) + entry("second", "Une autre affaire", other)
    assert problems(corpus, {"faq.md": faq}) == []


def test_an_entry_may_nearly_repeat_itself(corpus: Corpus) -> None:
    faq = FAQ + entry("premier", "Le premier sujet", *NEAR[0])
    assert problems(corpus, {"faq.md": faq}) == []


def test_a_term_defined_twice(corpus: Corpus) -> None:
    (found,) = problems(corpus, {"glossaire.md": GLOSSARY + "\n## Genai {#genai}\n\nUn autre nom.\n"})
    assert found.startswith("glossaire.md, ligne 19 : le terme « genai » est déjà défini par glossaire#ia-")
