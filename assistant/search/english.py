"""English questions put in French words, enough of them to find the passage that answers."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

from assistant.french import fold

# What tells an English question: small words, less those that French has too (« on », « or », « but »).
_ENGLISH = frozenset(
    """the is are am was were do does did can could may must should shall will would what which who whom
    whose where when why how of to in at by for from with without about into my our your their his her
    its we you he she they it i this that these those there have has had be been not no any some and
    because don't can't isn't i'm""".split()
)
_FEWEST = 2  # « PC on », « chat in »: one such word proves nothing
_SHARE = 0.3

# Written for this product: the words of office life and of a framework for the use of AI.
_WORDS: Final = """
    ai:ia|chatbot:agent conversationnel robot|bot:robot|assistant:assistant|tool:outil|software:logiciel
    app:application|allow:autorisé droit|allowed:autorisé droit|permit:autorisé|permitted:autorisé
    forbid:interdit|forbidden:interdit|prohibit:interdit|prohibited:interdit|ban:interdit|banned:interdit
    authorize:autorisé|authorise:autorisé|authorized:autorisé|authorised:autorisé|approve:autorisé accord
    approved:autorisé|approval:accord avis|right:droit|rule:règle|policy:charte règles|charter:charte
    guideline:guide ligne directrice|framework:cadre|list:liste|use:utiliser|using:utiliser|used:utiliser
    usage:usage|try:essayer|test:essai test|testing:essai|trial:essai|experiment:expérimentation
    pilot:expérimentation|sandbox:bac à sable|account:compte|personal:personnel|private:privé personnel
    own:personnel|professional:professionnel|work:travail|job:travail|office:bureau
    home:domicile télétravail|remote:télétravail|remotely:télétravail|phone:téléphone|mobile:téléphone
    smartphone:téléphone|laptop:ordinateur|computer:ordinateur|device:appareil|tablet:tablette
    browser:navigateur|extension:extension|plugin:extension|plug-in:extension|install:installer
    download:télécharger|update:mise à jour|password:mot de passe|login:connexion compte|free:gratuit
    paid:payant|subscription:abonnement|licence:licence|license:licence|data:données
    information:informations|file:fichier|document:document|text:texte|spreadsheet:tableau|excel:tableau
    sensitive:sensible|confidential:confidentiel secret|secret:secret
    privacy:données personnelles vie privée|gdpr:rgpd|name:nom|names:noms|address:adresse|health:santé
    medical:santé médical|anonymous:anonyme|anonymise:anonymiser|anonymize:anonymiser|anonymised:anonymisé
    anonymized:anonymisé|remove:retirer supprimer|delete:effacer|deleted:effacer|erase:effacer
    keep:garder conserver|store:conserver|stored:conservé|retention:conservation|paste:coller|copy:copier
    upload:confier déposer|share:partager transmettre|send:envoyer|sent:envoyé|leak:fuite incident
    leaked:fuite incident|breach:violation de données|incident:incident|report:signaler rapport
    mistake:erreur|error:erreur|wrong:erreur faux|security:sécurité|safe:sécurité|phishing:hameçonnage
    hacked:piraté incident|suspicious:suspect|fake:faux hypertrucage|deepfake:hypertrucage|voice:voix
    image:image|picture:image photo|photo:photo|photograph:photographie|video:vidéo|poster:affiche|logo:logo
    draw:dessiner image|copyright:droit d’auteur|artist:artiste|music:musique|write:rédiger écrire
    writing:rédaction|draft:rédiger projet|letter:courrier|mail:courriel|email:courriel|e-mail:courriel
    reply:répondre réponse|answer:répondre réponse|note:note|minutes:compte rendu procès-verbal
    speech:discours|summarise:résumer|summarize:résumer|summary:résumé|translate:traduire traduction
    translated:traduction|translation:traduction|translator:traducteur|interpreter:interprète
    language:langue|english:anglais|foreign:étrangère|proofread:relire|check:vérifier relire|verify:vérifier
    review:relire|reread:relire|source:source|reference:référence|legal:juridique|law:loi|invent:inventer
    invented:inventé|bias:biais préjugé|biased:biais|discrimination:discrimination|meeting:réunion
    record:enregistrer|recorded:enregistré|recording:enregistrement|transcribe:transcrire transcription
    transcript:transcription|transcription:transcription|interview:entretien|consent:accord|agree:accord
    refuse:refuser refus|refused:refus|microphone:micro|zoom:visioconférence|teams:visioconférence
    call:appel|citizen:usager habitant|citizens:usagers habitants|resident:habitant usager|user:usager
    public:public|customer:usager|people:personnes|person:personne|human:humain|website:site|desk:accueil
    front:accueil|counter:guichet|complaint:réclamation|tell:informer|inform:informer|mention:mention
    disclose:mention signaler|label:mention|transparency:transparence|decision:décision|decide:décider
    decides:décider|algorithm:algorithme|score:noter score|rank:classer|sort:trier|grant:accorder aide
    benefit:aide|application:demande dossier|request:demande|ask:demander|nursery:crèche|kindergarten:école
    school:école|child:enfant|children:enfants|kid:enfant|kids:enfants|teacher:enseignant|pupil:élève
    canteen:cantine|library:bibliothèque|museum:musée|parent:parents|camera:caméra|cameras:caméras
    cctv:vidéoprotection caméra|surveillance:surveillance|face:visage|facial:visage
    recognition:reconnaître reconnaissance|police:police|traffic:circulation|count:compter comptage
    street:voirie espace public|buy:acheter achat|purchase:achat|contract:contrat
    supplier:fournisseur prestataire|vendor:fournisseur|contractor:prestataire|tender:marché public offres
    bid:offre candidat|bids:offres candidats|clause:clause|project:projet|impact:impact|assessment:analyse
    risk:risque|hire:recruter|hiring:recrutement|recruit:recruter|recruitment:recrutement|cv:candidature
    resume:candidature|cvs:candidatures|candidate:candidat|employee:agent|staff:agents|worker:agent
    colleague:collègue|coworker:collègue|manager:responsable hiérarchique|boss:responsable hiérarchique
    supervisor:responsable hiérarchique|evaluate:évaluer|appraisal:évaluation entretien|monitor:surveiller
    union:syndicat|emotion:émotions|training:formation|train:former formation entraîner|trained:formation
    course:formation|learn:apprendre|beginner:débutant initiation|trainer:formateur|quiz:questionnaire
    intern:stagiaire|trainee:stagiaire|mandatory:obligatoire|compulsory:obligatoire|required:obligatoire
    obliged:obligé|forced:obligé|green:sobriété|energy:énergie consommation|environment:environnement
    carbon:empreinte|water:eau|sustainable:sobriété|accessible:accessible accessibilité
    accessibility:accessibilité|disabled:handicapé|disability:handicap|blind:aveugle|deaf:sourd
    caption:sous-titrage|captions:sous-titrage|subtitle:sous-titrage|subtitles:sous-titrage|archive:archives
    archives:archives|open:ouvertes|town:commune mairie|village:commune|municipality:commune|commune:commune
    council:conseil municipal|mayor:maire|councillor:élu|councilor:élu|elected:élu|official:officiel
    election:campagne électorale|campaign:campagne|referent:référent|team:équipe
    dpo:délégué à la protection des données|contact:contacter s’adresser|help:aide|deadline:délai
    delay:délai|long:délai durée|days:jours|committee:comité|responsible:responsable|liable:responsable
    fault:responsable faute|sanction:sanction|punish:sanction|punished:sanction|change:modifier
    revise:réviser|version:version|definition:définition|mean:signifie définition|means:signifie définition
    hallucination:hallucination|prompt:prompt consigne|code:code|formula:formule|script:code|hidden:cachée
    instruction:instruction consigne|state:état|government:état|new:nouveau|feature:fonction
    button:fonction bouton|enable:activer|activate:activer|switch:activer
"""
FRENCH: Final = MappingProxyType(
    {
        english: french
        for line in _WORDS.strip().splitlines()
        for english, _, french in (entry.strip().partition(":") for entry in line.split("|"))
    }
)
_MAY = re.compile(r"\b(?:can|may|could) (?:i|we|you|one|they)\b")
_NEGATIONS: Final = MappingProxyType({"not": "pas", "no": "pas", "don't": "pas", "without": "sans"})
_SMALL = frozenset({"on", "or", "but", "an", "a", "if"})  # nothing to look for either
_ENDINGS = (
    ("ies", "y"),
    ("es", ""),
    ("s", ""),
    ("ing", ""),
    ("ing", "e"),
    ("ed", ""),
    ("ed", "e"),
    ("d", ""),
)
_WORD = re.compile(r"[a-z][a-z'’-]*")


def is_english(question: str) -> bool:
    """Tell whether the question is in English: enough of its words are small English words."""
    said = _said(question)
    small = sum(word in _ENGLISH for word in said)
    return small >= _FEWEST and small >= _SHARE * len(said)


def searched_in_french(question: str) -> str:
    """Return an English question in French words, any other one as it is."""
    return in_french(question) if is_english(question) else question


def in_french(question: str) -> str:
    """Return the French words of an English question; words that are not known stay (names, tools)."""
    may = "puis-je" if _MAY.search(fold(question)) else ""
    return " ".join(filter(None, [may, *map(_translated, _said(question))]))


def _said(question: str) -> list[str]:
    return _WORD.findall(fold(question).replace("’", "'"))


def _translated(word: str) -> str:
    if word in _ENGLISH or word in _SMALL:
        return _NEGATIONS.get(word, "")
    roots = (word, *(word.removesuffix(end) + more for end, more in _ENDINGS if word.endswith(end)))
    return next((FRENCH[root] for root in roots if root in FRENCH), word)
