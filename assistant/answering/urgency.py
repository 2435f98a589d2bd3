"""Whether a question tells of an incident: something that must be reported before it is discussed."""

from __future__ import annotations

import re

from assistant.domain import Urgency
from assistant.french import fold, normalize


def _any(*ways: str) -> str:
    """Return an expression for any of these; ways of several words are written with « _ » for a space."""
    return "(?:" + "|".join(way.replace("_", " ") for group in ways for way in group.split()) + ")"


# --- what was let out, and where ------------------------------------------------------------------------
_LET_OUT = _any(
    """(?:envoy|coll|copi|partag|divulgu|confi|donn|rentr|entr|tap|charg|televers|upload|publi|depos|expos|laiss)(?:ee?s?|er)
    mise?s? mettre transmise?s? transmettre saisie?s? saisir pasted? sent shared leaked uploaded"""
)
_DATA = _any(
    """donnees? fichiers? tableaux? dossiers? listes? informations? infos? noms? adresses? numeros? courriers?
    mails? documents? photos? mots?_de_passe identifiants? data file passwords? contrats? bulletins?"""
)
_PEOPLE = _any(
    """usag(?:er|ere)s? habitante?s? familles? enfants? eleves? patients? residents? administres? agents?
    collegues?"""
)
# Said of somebody: more than « des données », which may be public.
_ABOUT_PEOPLE = _any(
    """donnees?_(?:personnelles?|sensibles?|medicales?|de_sante) dossiers?_(?:medica|socia)(?:l|ux)
    mots?_de_passe numeros?_de_secu""",
    rf"(?:dossiers?|courriers?|mails?|listes?|fichiers?|noms?|photos?)_d(?:'une?|'|es|e_l'|e_la|u|e)_?{_PEOPLE}",
)
_TOOL = _any("chat_?gpt copilot gemini mistral claude deepl assistant (?:une?_|l'|d'|cette_|outil_d')ia")
_SLIP = _any(
    """par_erreur par_megarde par_inadvertance sans_le_vouloir sans_faire_expres sans_reflechir
    sans_m'en_rendre_compte je_n'aurais_pas_du j'aurais_pas_du betise boulette gaffe me_suis_trompee?
    me_rends_compte realise_que by_mistake by_accident accidentally"""
)
# What an incident is called, whether it happened or not.
_INCIDENT = _any(
    """fuites?_(?:de_|d')?(?:donnees?|informations?) violations?_(?:de_|des_)?donnees? data_breach
    donnees?_(?:volees?|perdues?|exposees?|compromises?|divulguees?) cyber_?-?attaques? piratages?
    incidents?_(?:de_securite|informatique|grave|avec_une?_ia|ia) pirat(?:ee?s?|er) hack(?:ee?s?|er)
    rancongiciels? ransomwares? hameconnages? phishing usurpations?_d'identite deepfakes? hypertrucages?
    comptes?_(?:vole|pirate|compromis)s? mots?_de_passe_(?:vole|compromis|divulgue|partage)s?"""
)
# Somebody tells what happened: a past in the first person, a passive, a time just gone.
_I_DID = _any("j'ai j'avais on_a nous_avons je_viens_(?:de_|d') on_vient_(?:de_|d') nous_venons_(?:de_|d')")
_HAPPENED = _any(
    """on_m'a on_s'est je_me_suis m(?:a|on)_collegue_a une?_agente?_a quelqu'un_a il_y_a_eu on_nous_a a_ete
    ont_ete est_en_cours se_sont_fait s'est_fait me_suis_fait suis_victime sommes_victimes? vient_d'avoir
    i_(?:just_)?(?:have|pasted|sent|shared|uploaded|clicked) we_(?:have|were|had) hier ce_matin
    tout_a_l'heure a_l'instant cette_nuit depuis_ce_matin"""
)
# « En cas de… », « si j’ai… », « qu’est-ce que… »: nothing happened yet.
_SUPPOSED = _any(
    """en_cas_(?:de|d') au_cas_ou s'il_y_a lorsqu' quand_(?:il_y_a|on|une?) qu'est-ce_qu c'est_quoi definition
    si_(?:jamais|par_erreur|une?|on|j'ai|je|quelqu'un|mon|ma|des|il|elle|nous) comment_eviter
    eviter_(?:une?|les?)
    prevenir_(?:une?|les?) doit-on faut-il imaginons par_exemple if_(?:i|we|someone) what_is in_case"""
)
_SIGNS = (
    rf"\b{_LET_OUT}\b.{{0,160}}\b{_SLIP}\b",
    rf"\b{_SLIP}\b.{{0,80}}\b{_LET_OUT}\b",
    rf"\b{_SLIP}\b.{{0,160}}\b{_DATA}\b.{{0,60}}\b{_LET_OUT}\b",
    # no slip is confessed, but somebody's data are in a tool
    rf"\b{_I_DID} ?{_LET_OUT}\b.{{0,40}}\b{_ABOUT_PEOPLE}\b.{{0,60}}\b(?:dans|a|sur|avec|into) {_TOOL}\b",
    r"\bclique\b.{0,40}\b(?:lien|piece jointe|mail|faux)\b",
    r"\bdonne mon mot de passe\b",
    rf"\b{_INCIDENT}\b",
)
_TOLD = re.compile("|".join(_SIGNS))
_PAST = re.compile(rf"\b(?:{_I_DID}|{_HAPPENED}\b)")
_NOT_YET = re.compile(rf"\b{_SUPPOSED}\b")


def urgency_of(question: str) -> Urgency:
    """Return whether the question tells of an incident that happened, asks about one, or neither.

    Cautious on purpose: a question that only supposes an incident opens no ticket by itself, but is
    still shown the urgent contact first.
    """
    said = fold(normalize(question))
    if _TOLD.search(said) is None:
        return Urgency.NONE
    if _NOT_YET.search(said) or not _PAST.search(said):
        return Urgency.ASKED
    return Urgency.HAPPENED
