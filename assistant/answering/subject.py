"""What a message is before any search: a question, a greeting, thanks, « who are you », nothing."""

from __future__ import annotations

import re

from assistant.domain import Topic
from assistant.french import fold, words

_OPENING = re.compile(
    r"^(?:bonjour|bonsoir|salut|coucou|hello|hey|hi|bjr|slt)\b(?:\s+(?:a|à)\s+(?:tous|toutes))?[\s,!.:;-]*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[\s,.!]*\b(?:merci(?:\s+(?:d['’]avance|beaucoup|bien))?|s['’]il\s+(?:vous|te)\s+pla[iî]t|svp|stp|"
    r"cordialement)\b[\s.!]*$",
    re.IGNORECASE,
)
_GREETING = re.compile(r"^(bonjour|bonsoir|salut|coucou|hello|hey|hi|bjr|slt)\b")
_THANKS = re.compile(r"\b(merci|super|parfait|top|ok|d'accord|thanks|thank you|nickel|genial)\b")
_SMALL_TALK = frozenset(
    """bonjour bonsoir salut coucou hello hey hi bjr slt ca va tu vous allez vas bien comment merci
    beaucoup super parfait top ok accord thanks thank you nickel genial pour votre ton aide reponse
    infos information a tous toutes et de la le monde est c tout clair tres journee soiree bonne""".split()
)
_MACHINE = r"(?:une? )?(?:vraie? )?(?:ia|robot|humaine?|machine|bot|personne|intelligence artificielle)"
_IDENTITY = re.compile(
    r"\b(?:"
    rf"qui (?:es[- ]tu|etes[- ]vous)|(?:tu es|t'es|vous etes) (?:qui|quoi|{_MACHINE})"
    rf"|(?:es[- ]tu|etes[- ]vous) {_MACHINE}|qui (?:t'a|vous a) (?:cree|fait)s?"
    r"|a quoi (?:tu sers|sers[- ]tu|servez[- ]vous|vous servez)"
    r"|que (?:sais|peux|savez|pouvez)[- ](?:tu|vous) faire|(?:tu|vous) (?:peux|pouvez|sais|savez) faire quoi"
    r"|who are you|what are you|what can you do|are you (?:an? )?(?:ai|robot|human|bot)"
    r"|comment (?:tu|vous) (?:marches?|marchez|fonctionnes?|fonctionnez)"
    rf"|je parle a {_MACHINE}|qui est repere|c'est quoi (?:cet outil|repere)"
    r")\b"
)
_HELP = frozenset({"aide", "help", "aidez moi", "aide moi"})


def without_courtesy(text: str) -> str:
    """Return the question without its opening greeting and closing thanks, when words remain."""
    shorter = _CLOSING.sub("", _OPENING.sub("", text)).strip()
    return shorter if words(shorter) else text


def topic_of(text: str) -> Topic:
    """Return what a cleaned message is; a greeting followed by a question is a question."""
    said = words(text)
    if not said:
        return Topic.EMPTY
    folded = fold(text)
    if _IDENTITY.search(folded) or " ".join(said) in _HELP:
        return Topic.IDENTITY
    if len(said) <= 8 and all(word in _SMALL_TALK for word in said):
        if _GREETING.match(folded):
            return Topic.GREETING
        if _THANKS.search(folded):
            return Topic.THANKS
    return Topic.SUBJECT
