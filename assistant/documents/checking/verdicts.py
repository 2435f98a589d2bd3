"""Rules and FAQ entries looked at together: articles cited, ways of asking, verdicts that disagree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.documents.checking.duplicates import Asked, nearly_equal, ways_of_asking
from assistant.documents.checking.entries import Entries, Entry
from assistant.documents.located import Problem
from assistant.domain import DocumentKind, Verdict

_OPENING = re.compile(r"(oui|non)\b", re.IGNORECASE)
_OPENINGS = {
    Verdict.ALLOWED: "oui",
    Verdict.CONDITIONAL: "oui",
    Verdict.FORBIDDEN: "non",
    Verdict.ASK_REFERENT: "",
}
_FEWEST_QUESTIONS, _MOST_QUESTIONS = 3, 8


def unsourced(entries: Entries) -> Iterator[Problem]:
    """Yield FAQ entries and rules that cite no article, none of the charter when there is a charter."""
    charters = {
        document.info.id for document in entries.documents if document.info.kind is DocumentKind.CHARTER
    }
    for entry in entries.leaves(DocumentKind.FAQ, DocumentKind.RULES):
        cited = {address.partition("#")[0] for address in entry.section.references}
        if not cited:
            lacking = "aucun article : ajoutez « references » à sa fiche."
        elif charters and not cited & charters:
            lacking = "aucun article de la charte : ajoutez celui sur lequel la réponse repose."
        else:
            continue
        yield entries.problem(entry, entry.heading, f"« {entry.heading} » ne cite {lacking}")


def too_few_questions(entries: Entries) -> Iterator[Problem]:
    """Yield FAQ entries without three to eight other ways of asking, and rules without any."""
    for entry in entries.leaves(DocumentKind.FAQ):
        count = len(entry.section.questions)
        if not _FEWEST_QUESTIONS <= count <= _MOST_QUESTIONS:
            message = (
                f"{count} autre(s) façon(s) de demander sous « questions » : "
                f"donnez-en de {_FEWEST_QUESTIONS} à {_MOST_QUESTIONS}."
            )
            yield entries.problem(entry, "questions:", message)
    for entry in entries.leaves(DocumentKind.RULES):
        if not entry.section.questions:
            yield entries.problem(
                entry,
                entry.section.anchor,
                f"la règle « {entry.section.anchor} » n’a pas de « questions » : donnez au moins "
                "une façon de la demander.",
            )


def contradictory_openings(entries: Entries) -> Iterator[Problem]:
    """Yield FAQ entries whose first word says the contrary of their verdict."""
    for entry in entries.leaves(DocumentKind.FAQ):
        opening = _OPENING.match(entry.body)
        verdict = entry.section.verdict
        if opening is None or verdict is None or opening.group(1).lower() == _OPENINGS[verdict]:
            continue
        expected = {
            "oui": "« Oui » ou rien de tel",
            "non": "« Non » ou rien de tel",
            "": "ni « Oui » ni « Non »",
        }[_OPENINGS[verdict]]
        yield entries.problem(
            entry,
            f"verdict: {verdict}",
            f"le verdict est « {verdict} » mais la réponse commence par « {opening.group(1)} » : "
            f"attendu {expected}.",
        )


def contradictory_verdicts(entries: Entries) -> Iterator[Problem]:
    """Yield FAQ entries whose verdict is not that of a rule they cite, or that is asked for alike."""
    rules = list(entries.leaves(DocumentKind.RULES))
    faq = [entry for entry in entries.leaves(DocumentKind.FAQ) if entry.section.verdict]
    told: set[tuple[str, str]] = set()
    for entry, rule, reason in (*_cited(faq, rules), *_alike(faq, rules)):
        if entry.section.verdict is rule.section.verdict or (entry.address, rule.address) in told:
            continue
        told.add((entry.address, rule.address))
        yield entries.problem(
            entry,
            f"verdict: {entry.section.verdict}",
            f"le verdict est « {entry.section.verdict} » mais celui de la règle {rule.address}, {reason}, "
            f"est « {rule.section.verdict} » : mettez-les d’accord.",
        )


def _cited(faq: list[Entry], rules: list[Entry]) -> Iterator[tuple[Entry, Entry, str]]:
    by_address = {rule.address: rule for rule in rules}
    for entry in faq:
        for address in entry.section.references:
            if address in by_address:
                yield entry, by_address[address], "que cette entrée cite"


def _alike(faq: list[Entry], rules: list[Entry]) -> Iterator[tuple[Entry, Entry, str]]:
    """Yield the entries and rules that one question asks for; a rule's use, without its data, is one more."""
    uses = [Asked.of(rule, rule.heading.partition(" (")[0]) for rule in rules]
    for one, other in nearly_equal(ways_of_asking(faq), [*uses, *ways_of_asking(rules)]):
        yield one.entry, other.entry, f"que l’on demande de même (« {other.question} »)"
