"""Health, religion and union membership said of a person (GDPR, article 9): reported, never masked.

A general question (« les données de santé », « un courrier au syndicat ») says nothing of anyone. What counts
is the form: someone *is* ill, *has* a disease, *goes* to the mosque, or it is *his* illness. One person in
general (« un agent est malade ») is reported as well, since the question may be his; a group is not.
"""

from __future__ import annotations

import re
from functools import cache

from assistant.personal_data.findings import SensitiveTopic
from assistant.personal_data.surface import FACT, NAME, before
from assistant.personal_data.words import PEOPLE, about_a_thing


def _any(words: str) -> str:
    """Return the alternation of patterns parted by blanks, in which ``_`` stands for a space."""
    return f"(?:{'|'.join(words.split())})".replace("_", " ")


# Verbs are a group of their own: what they say of a thing (« l’école est catholique ») does not count.
_IS = (
    r"\b(?P<verb>est|suis|es|etait|etais|sera|serait|soit|semble|devient|reste|etant|sont|etaient|sommes"
    r"|(?:a|ai|ait|avait|aurait|ont) ete)\b(?:-(?:il|elle))?"
)
_HAS = r"\b(?P<verb>a|ai|as|avait|avais|aura|aurait|ont|ayant|fait|fais|eu|attrape|declare|souffr\w+)\b"
_ITS = r"\b(?:mon|ma|mes|son|sa|ses|ton|ta|tes)"
_WHO = r"\b(?:il|elle|qui|je|j'|fils|fille|enfant)"
# up to three words between the verb and the state, none of which begins another group
_OPENS = _any("les des aux? du pour par ce que qui si quand interdite? destinee?")
_SOME = rf"(?:[ ,]{{1,2}}(?!{_OPENS}\b)[\w'-]++){{0,3}}?[ ,]{{1,2}}"
_PERSON = rf"(?:{NAME}|\b(?:{'|'.join(sorted(PEOPLE - {'personne', 'famille'}))}))"
_ONE = _any("l' la_ le_ cet_ cette_ ce_ mon_ ma_ notre_ m\\._ mme_ monsieur_ madame_")
_OF_ONE = rf"d(?:e |')(?:{NAME}|{_ONE}(?:{NAME}|{_PERSON}))"

_DISEASE = _any(
    r"""cancer tumeur diabete depression sida vih covid(?:-19)? avc infarctus sclerose epilepsie burn[_-]?out
    hernie tdah autisme trisomie addiction allergie asthme leucemie alzheimer parkinson schizophrenie phobie
    anorexie mucoviscidose handicap maladie pathologie grossesse fausse_couche endometriose migraine lombalgie
    syndrome fracture(?!_(?:numerique|sociale|territoriale)) insuffisance_(?:renale|cardiaque|respiratoire)
    troubles?_(?:psy\w*|mental|mentaux|bipolaires?|du_comportement|du_spectre|anxieux)
    problemes?_(?:de_sante|psy\w*|cardiaques?)"""
)
_PART = _any("d'une?_ d'_ d' de_la_ de_l' de_ du_ des_ une?_ le_ la_ l'")
_AWAY = _any(
    r"""(?:conge|arret)s?_(?:de_|pour_)?(?:longue_)?(?:maladie|maternite|travail|depression) arret(?!_d[e'])
    longue_maladie depression burn[_-]?out mi-temps_therapeutique invalidite fauteuil(?:_roulant)? chimio\w*
    cure psychiatrie soins_palliatifs rechute remission"""
)
_STATE = _any(
    r"""enceinte malade handicapee? depressi(?:f|ve) seropositi(?:f|ve) diabetique epileptique autiste
    asthmatique alcoolique toxicomane schizophrene bipolaire hospitalisee? allergique cancereu(?:x|se)
    malvoyante? malentendante? sourde?(?!_a) aveugle paraplegique tetraplegique trisomique suicidaire
    anorexique dyslexique inapte operee?(?!_par) accidentee? suivie?_(?:par_un_|en_)?psy\w*
    reconnue?_(?:travailleu\w+_handicape\w*|en_invalidite)
    sous_(?:antidepresseurs?|morphine|tranquillisants?)"""
)
_ILL = rf"(?:{_STATE}|atteinte? {_PART}{_DISEASE}|en {_AWAY})"
_RECORD = _any(
    """etat_de_sante arrets?_(?:de_)?(?:maladie|travail) traitement_medical dossier_medical certificat_medical
    bilan_medical"""
)
_CARE = _any("sante conge_maternite hospitalisation rqth invalidite psychiatre inaptitude")
_LARGE = _any("grave gros grosse longue petite? forte?")
_HEALTH = (
    rf"{_IS}{_SOME}{_ILL}\b",
    rf"{_PERSON}(?: {NAME})? (?:qui est )?{_ILL}\b",
    rf"[{FACT}{NAME}] ?[,(](?: ?[0-9]{{1,3}} ans,?)? ?{_ILL}\b",
    rf"{_HAS}(?: toujours| aussi| deja)? {_PART}(?:{_LARGE} )?{_DISEASE}s?\b",
    rf"{_HAS} (?:la |une? |sa )?rqth\b",
    rf"{_ITS} (?:{_DISEASE}s?|{_RECORD}|{_CARE})\b",
    rf"\b(?:{_RECORD}|{_DISEASE}) {_OF_ONE}",
)

_FAITH = _any(
    r"""musulmane? islamiste jui(?:f|ve) catholique chretien(?:ne)? protestante? evangelique bouddhiste
    hindoue? sikh athee mormone? croyante?(?!_que) pratiquante?(?!_(?:l[ea]|l'|une?|du|des?)\b)
    convertie?_(?:a_l'islam|au_\w+) temoin_de_jehovah de_confession_\w+"""
)
_FAST = _any("ramadan careme shabbat chabbat sabbat")
_WORN = _any("voile kippa hijab niqab turban foulard")
_HOUSE = _any("mosquee synagogue messe eglise temple")
_RELIGION = (
    rf"{_IS}{_SOME}(?:de religion )?{_FAITH}\b",
    rf"{_PERSON} (?:[\w'-]+ )?(?:de religion )?{_FAITH}\b",
    rf"\b(?:fait|fais|font|faisait|pratique|observe|respecte|suit) (?:l[ea] |s[ao]n? )?{_FAST}\b",
    rf"{_WHO} ?(?:ne )?(?:porte|met|portait) (?:toujours )?(?:le|une?|son|sa) {_WORN}\b",
    rf"\b(?:va|vais|allait|prie|frequente|se rend)(?: souvent| toujours)? (?:a )?(?:la |l'|au ){_HOUSE}\b",
    rf"{_WHO} ?(?:ne )?mange (?:pas (?:de|du) porc|halal|hallal|casher|kasher)\b",
    rf"{_ITS} (?:religion|confession|foi|culte|croyances?|(?:conviction|pratique)s? religieuses?)\b",
)

_INITIALS = _any("cgt cfdt fo force_ouvriere unsa cftc fsu cfe-cgc cgc fa-fpt")
# public bodies and co-owners have their « syndicats » too
_OTHERS = _any("mixte intercommunal departemental d' de_ des_(?:eaux|transports|coproprietaires)")
_UNION = rf"(?:{_INITIALS}|sud|solidaires|syndicat(?! {_OTHERS}))\b"
_ROLE = _any(
    """adherente? membre militante? deleguee? encartee? elue? secretaire representante? sympathisante?
    permanente?"""
)
_AT = r"(?: (?:a|au|du|de|chez|pour|dans))?(?: la| le| l')? ?"
_TIE = _any("appartenance adhesion mandat engagement activite carte")
_MEMBERSHIP = (
    rf"{_IS}{_SOME}(?:syndiquee?|{_ROLE} syndicale?)\b",
    rf"(?:{_PERSON}| et|,) (?:est )?syndiquee?\b",
    rf"{_IS}{_SOME}{_ROLE}(?: syndicale?)?{_AT}{_UNION}",
    r"\bs'est syndiquee?\b",
    rf"(?:{_WHO}|{_PERSON}) ?(?:\w+ )?(?:milite|adhere|cotise|vote){_AT}{_UNION}",
    rf"{_IS} (?:a|chez) (?:la )?{_INITIALS}\b",
    rf"{_ITS} {_TIE}s? (?:syndicale?s?\b|(?:a|au|du|de)(?: la)? {_UNION})",
    rf"{_ITS} {_UNION}",
)

_PATTERNS = {
    SensitiveTopic.HEALTH: _HEALTH,
    SensitiveTopic.RELIGION: _RELIGION,
    SensitiveTopic.UNION: _MEMBERSHIP,
}


def sensitive_topics(text: str) -> tuple[SensitiveTopic, ...]:
    """Return the topics said of a person in a text whose names are hidden."""
    small = text.lower()
    return tuple(topic for topic in SensitiveTopic if _is_said(topic, small))


def _is_said(topic: SensitiveTopic, text: str) -> bool:
    for pattern in _compiled(topic):
        for match in pattern.finditer(text):
            if not (match.groupdict().get("verb") and about_a_thing(before(text, match.start()))):
                return True
    return False


@cache
def _compiled(topic: SensitiveTopic) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in _PATTERNS[topic])
