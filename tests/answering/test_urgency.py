import pytest

from assistant.answering.urgency import urgency_of
from assistant.domain import Urgency

HAPPENED = [
    "J'ai envoyé par erreur un fichier avec des noms et des numéros de sécu dans ChatGPT, je fais quoi ?",
    "j ai colle par erreur la liste des familles dans chatgpt j'ai fait une boulette",
    "Hier j'ai collé tout un tableau dans un assistant en ligne et je réalise que les noms y étaient",
    "Une collègue vient de me dire qu'il y a eu une fuite de données chez notre prestataire",
    "on s'est fait pirater, le compte de l'accueil a été piraté ce matin",
    "J'ai cliqué sur un lien dans un faux mail qui imitait l'assistant IA",
    "I pasted personal data into an AI tool by mistake",
    "un agent a publié par mégarde des données d'usagers avec un outil d'IA",
    "Je viens d’envoyer par erreur le dossier médical de M. Durand à ChatGPT, que faire ?",
    "Je viens de coller un dossier d’usager dans ChatGPT",
    "j'ai mis la liste des enfants de la crèche dans copilot hier",
    "Nous sommes victimes d'un rançongiciel",
    "on s’est fait pirater cette nuit",
    "Je me suis fait hacker hier",
]
ASKED = [
    "Qui prévenir en cas de fuite de données ?",
    "qui contacter en cas de fuite de données",
    "Sous combien de temps doit-on signaler une violation de données ?",
    "Que faire si j’ai confié par erreur des informations à une IA ?",
    "What should I do if I pasted personal data into an AI tool by mistake?",
    "C'est quoi le phishing ?",
    "Peut-on se faire pirater avec un outil d’IA ?",
    "Comment éviter une fuite de données avec ChatGPT ?",
    "deepfake d'un élu",
]
NONE = [
    "Puis-je coller le courrier d’un usager dans ChatGPT ?",
    "Qui est responsable si le texte généré contient une erreur ?",
    "Mon assistant IA affiche une erreur 502 depuis ce matin, comment réparer ?",
    "J'ai envoyé une demande d'outil à l'équipe référente hier, elle répond quand ?",
    "Puis-je partager un document avec un collègue ?",
    "J'ai mis des informations publiques dans l'outil pour faire une synthèse, c'est bon ?",
    "Quelles données sont interdites ?",
    "J'ai rédigé une note avec l'aide d'une IA, dois-je le dire ?",
    "Je viens de recevoir un dossier d’usager, puis-je le résumer avec ChatGPT ?",
    "J'ai envoyé le courrier d'un habitant au service juridique, il veut savoir si l'IA l'a lu",
    "",
]


@pytest.mark.parametrize(
    ("question", "urgency"),
    [(q, Urgency.HAPPENED) for q in HAPPENED]
    + [(q, Urgency.ASKED) for q in ASKED]
    + [(q, Urgency.NONE) for q in NONE],
)
def test_incidents_are_told_from_questions_about_them(question: str, urgency: Urgency) -> None:
    assert urgency_of(question) is urgency
