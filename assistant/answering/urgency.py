"""Whether a question tells of an incident: something that must be reported before it is discussed."""

from __future__ import annotations

import re

from assistant.domain import Urgency
from assistant.french import fold, normalize

_DATA = (
    r"(?:donnees?|fichiers?|tableaux?|dossiers?|listes?|informations?|infos?|noms?|adresses?|numeros?"
    r"|courriers?|"
    r"mails?|documents?|photos?|mots? de passe|identifiants?|data|file|passwords?|contrats?|bulletins?)"
)
_LET_OUT = (
    r"(?:envoye|colle|copie|mis|transmis|partage|divulgue|confie|donne|saisi|rentre|entre|tape|charge"
    r"|televerse|"
    r"upload|publie|depose|expose|laisse|pasted?|sent|shared|leaked|uploaded)e?s?"
)
_SLIP = (
    r"(?:par erreur|par megarde|par inadvertance|sans (?:le vouloir|faire expres|reflechir"
    r"|m'en rendre compte)|"
    r"je n'aurais pas du|j'aurais pas du|betise|boulette|gaffe|me suis trompee?|me rends compte|realise que|"
    r"by mistake|by accident|accidentally)"
)
# What an incident is called, whether it happened or not.
_INCIDENT = re.compile(
    r"\b(?:fuites? (?:de |d')?(?:donnees?|informations?)|violations? (?:de |des )?donnees?|data breach|"
    r"donnees? (?:volees?|perdues?|exposees?|compromises?|divulguees?|parties?)|"
    r"incidents? (?:de securite|informatique|grave|avec une? ia|ia)|cyber ?-?attaques?|piratages?"
    r"|pirate[ers]?s?|hacke[ers]?s?|"
    r"rancongiciels?|ransomwares?|hameconnages?|phishing|usurpations? d'identite|deepfakes?|hypertrucages?|"
    r"comptes? (?:vole|pirate|compromis)s?|mots? de passe (?:vole|compromis|divulgue|partage)s?)\b"
)
_MISTAKE = re.compile(
    rf"\b{_LET_OUT}\b.{{0,80}}\b{_SLIP}\b|\b{_SLIP}\b.{{0,80}}\b{_LET_OUT}\b"
    rf"|\b{_LET_OUT}\b.{{0,60}}\b{_DATA}\b.{{0,160}}\b{_SLIP}\b|\b{_SLIP}\b.{{0,160}}\b{_DATA}\b.{{0,60}}\b{_LET_OUT}\b"
)
# Somebody tells what happened: a past in the first person, a passive, a date just gone.
_HAPPENED = re.compile(
    r"\b(?:j'ai|j'avais|on a|on m'a|nous avons|on s'est|je me suis|je viens de|on vient de|ma collegue a"
    r"|mon collegue a|"
    r"un agent a|une agente a|quelqu'un a|il y a eu|on nous a|a ete|ont ete|est en cours|se sont fait"
    r"|s'est fait|"
    r"me suis fait|suis victime|sommes victimes?|vient d'avoir|i (?:just )?(?:have|pasted|sent|shared"
    r"|uploaded|clicked)|"
    r"we (?:have|were|had)|hier|ce matin|tout a l'heure|a l'instant|cette nuit|depuis ce matin)\b"
)
_CLICKED = re.compile(r"\bclique\b.{0,40}\b(?:lien|piece jointe|mail|faux)\b|\bdonne mon mot de passe\b")
# « En cas de… », « si j’ai… », « qu’est-ce que… »: nothing happened yet.
_SUPPOSED = re.compile(
    r"\b(?:en cas (?:de|d')|au cas ou|si (?:jamais|par erreur|un|une|on|j'ai|je|quelqu'un|mon|ma|des|il"
    r"|elle|nous)|"
    r"s'il y a|lorsqu'|quand (?:il y a|on|un|une)|qu'est-ce qu|c'est quoi|definition|comment eviter"
    r"|eviter (?:une?|les?)|"
    r"prevenir (?:une?|les?)|doit-on|faut-il|imaginons|par exemple|if (?:i|we|someone)|what is|in case)\b"
)


def urgency_of(question: str) -> Urgency:
    """Return whether the question tells of an incident that happened, asks about one, or neither.

    Cautious on purpose: a question that only supposes an incident opens no ticket by itself, but is
    still shown the urgent contact first.
    """
    said = fold(normalize(question))
    mistake = _MISTAKE.search(said) is not None or _CLICKED.search(said) is not None
    if not (mistake or _INCIDENT.search(said)):
        return Urgency.NONE
    if _SUPPOSED.search(said) or not _HAPPENED.search(said):
        return Urgency.ASKED
    return Urgency.HAPPENED
