"""Screens a text: masks the personal data, reports the sensitive topics, and reads masked texts.

The detectors run one after the other on a text in which what was found before is hidden, until none finds
anything: a masked text screened again is therefore itself. Nothing is kept and nothing is logged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from assistant.personal_data.addresses import addresses
from assistant.personal_data.births import birth_dates
from assistant.personal_data.contacts import emails, phones
from assistant.personal_data.findings import DataKind, Finding, Screening
from assistant.personal_data.identifiers import bank_accounts, plates, social_security_numbers
from assistant.personal_data.names import names
from assistant.personal_data.sensitive import sensitive_topics
from assistant.personal_data.surface import FACT, NAME, PLACEHOLDER, PLACEHOLDERS, Span, read

# The longest numbers first: a part of one is no shorter number. Names last, for those beside the rest.
_DETECTORS: tuple[tuple[DataKind, Callable[[str], list[Span]]], ...] = (
    (DataKind.EMAIL, emails),
    (DataKind.IBAN, bank_accounts),
    (DataKind.SOCIAL_SECURITY, social_security_numbers),
    (DataKind.PHONE, phones),
    (DataKind.PLATE, plates),
    (DataKind.BIRTH_DATE, birth_dates),
    (DataKind.ADDRESS, addresses),
    (DataKind.NAME, names),
)
_TAKEN_OUT = re.compile(rf"(?:[ \t\u00a0\u202f]{{0,3}}(?:{PLACEHOLDER.pattern}))+[ \t\u00a0\u202f]{{0,3}}")
_NEEDLESS_SPACE = re.compile(r" (?=[,.)\n])|(?<=[(\n]) ")


def screen(text: str) -> Screening:
    """Return the masked text, what was masked in it, and the sensitive topics said of people."""
    surface = read(text)
    findings: list[Finding] = []
    done = False
    while not done:
        done = True
        for kind, detect in _DETECTORS:
            spans = detect(surface.text)
            if spans:
                done = False
                findings += [
                    Finding(kind, surface.starts[start], surface.ends[end - 1]) for start, end in spans
                ]
                surface = surface.hide(spans, NAME if kind is DataKind.NAME else FACT)
    findings.sort(key=lambda finding: finding.start)
    return Screening(_masked(text, findings), tuple(findings), sensitive_topics(surface.text))


def _masked(text: str, findings: Iterable[Finding]) -> str:
    pieces: list[str] = []
    reached = 0
    for finding in findings:
        pieces += [text[reached : finding.start], PLACEHOLDERS[finding.kind]]
        reached = finding.end
    return "".join([*pieces, text[reached:]])


def mask(text: str) -> str:
    """Return the text with its personal data masked; masking it again changes nothing."""
    return screen(text).text


def without_placeholders(text: str) -> str:
    """Return a masked text without its placeholders, its spaces tidied: what the search reads."""
    if not PLACEHOLDER.search(text):
        return text
    return _NEEDLESS_SPACE.sub("", _TAKEN_OUT.sub(" ", text)).strip()
