import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.personal_data import DataKind, Finding, SensitiveTopic, mask, screen, without_placeholders
from assistant.personal_data.surface import PLACEHOLDERS

ENOUGH = 0.95
Piece = tuple[DataKind, int, int]


@dataclass(frozen=True)
class Case:
    split: str
    text: str
    expected: tuple[Piece, ...]
    sensitive: frozenset[SensitiveTopic]


def read_case(line: str) -> Case:
    """Read a line; its expected pieces are given in the order of the text."""
    read = json.loads(line)
    pieces, reached = [], 0
    for piece in read["expected"]:
        start = read["text"].index(piece["text"], reached)
        reached = start + len(piece["text"])
        pieces.append((DataKind(piece["kind"]), start, reached))
    topics = frozenset(SensitiveTopic(name) for name in read["sensitive"])
    return Case(read["split"], read["text"], tuple(pieces), topics)


FILE = Path(__file__).parent / "data" / "personal_data.jsonl"
CASES = [read_case(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def chosen(split: str) -> list[Case]:
    return [case for case in CASES if split in (case.split, "all")]


def missed(case: Case, found: Sequence[Finding]) -> list[str]:
    """Return the expected pieces that no finding of their kind covers entirely."""
    return [
        case.text[start:end]
        for kind, start, end in case.expected
        if not any(one.kind is kind and one.start <= start and one.end >= end for one in found)
    ]


def unexpected(case: Case, found: Sequence[Finding]) -> list[str]:
    """Return what was masked beyond the expected pieces, be it a word too many."""
    return [
        case.text[one.start : one.end]
        for one in found
        if not any(
            one.kind is kind and start <= one.start and one.end <= end for kind, start, end in case.expected
        )
    ]


# --- the labelled cases --------------------------------------------------------------------------


def test_there_are_enough_cases() -> None:
    assert sum(bool(case.expected) for case in CASES) >= 90
    assert sum(not case.expected and not case.sensitive for case in CASES) >= 90
    assert sum(bool(case.sensitive) for case in CASES) >= 20
    assert {case.split for case in CASES} == {"dev", "held"}
    for split in ("dev", "held"):
        assert {kind for case in chosen(split) for kind, _, _ in case.expected} == set(DataKind)
        assert {topic for case in chosen(split) for topic in case.sensitive} == set(SensitiveTopic)


@pytest.mark.parametrize("split", ["dev", "held", "all"])
def test_recall_and_precision(split: str) -> None:
    expected = found = covered = right = 0
    failures = []
    for case in chosen(split):
        findings = screen(case.text).findings
        lost, extra = missed(case, findings), unexpected(case, findings)
        expected += len(case.expected)
        found += len(findings)
        covered += len(case.expected) - len(lost)
        right += len(findings) - len(extra)
        if lost or extra:
            failures.append(f"{case.text!r}: missed {lost}, unexpected {extra}")
    figures = "\n".join([f"{split}: recall {covered}/{expected}, precision {right}/{found}", *failures])
    assert covered / expected >= ENOUGH, figures
    assert right / found >= ENOUGH, figures


@pytest.mark.parametrize("split", ["dev", "held", "all"])
def test_sensitive_topics(split: str) -> None:
    """Every case counts, those of masking too: most say nothing sensitive."""
    expected = found = right = 0
    failures = []
    for case in chosen(split):
        topics = set(screen(case.text).sensitive)
        expected += len(case.sensitive)
        found += len(topics)
        right += len(topics & case.sensitive)
        if topics != case.sensitive:
            failures.append(f"{case.text!r}: expected {set(case.sensitive)}, found {topics}")
    figures = "\n".join([f"{split}: recall {right}/{expected}, precision {right}/{found}", *failures])
    assert right / expected >= ENOUGH, figures
    assert right / found >= ENOUGH, figures


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_a_masked_case_holds_nothing_found_and_stays(case: Case) -> None:
    screening = screen(case.text)
    rebuilt, reached = "", 0
    for one in screening.findings:
        assert reached <= one.start < one.end <= len(case.text)
        rebuilt += case.text[reached : one.start] + PLACEHOLDERS[one.kind]
        reached = one.end
    assert screening.text == rebuilt + case.text[reached:]
    again = screen(screening.text)
    assert (again.text, again.findings) == (screening.text, ())
    assert again.sensitive == screening.sensitive


# --- borders, kind by kind -----------------------------------------------------------------------

SAMPLES = {
    DataKind.PHONE: "06 12 34 56 78",
    DataKind.EMAIL: "jean.dupont@gmail.com",
    DataKind.ADDRESS: "12 bis rue des Lilas 69003 Lyon",
    DataKind.SOCIAL_SECURITY: "1 85 03 69 123 456 09",
    DataKind.IBAN: "FR81 2004 1010 0505 1234 5M02 643",
    DataKind.PLATE: "AB-123-CD",
    DataKind.BIRTH_DATE: "12/03/1985",
    DataKind.NAME: "Dupont",
}
CUES = {DataKind.BIRTH_DATE: "née le ", DataKind.NAME: "Mme "}
AROUND = [
    "{}",
    "{}.",
    "({})",
    "« {} »",
    "{}, merci",
    "voici : {} !",
    "\n{}\n",
    "{};",
    "[{}]",
    "« {}\u00a0»",
    "{}…",
    "*{}*",
    "{}\t",
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("kind", DataKind)
def test_borders(kind: DataKind, around: str) -> None:
    cue = CUES.get(kind, "")
    assert mask(around.format(cue + SAMPLES[kind])) == around.format(cue + PLACEHOLDERS[kind])


@pytest.mark.parametrize("kind", DataKind)
def test_twice_in_a_sentence(kind: DataKind) -> None:
    cue, sample, shown = CUES.get(kind, ""), SAMPLES[kind], PLACEHOLDERS[kind]
    assert mask(f"{cue}{sample} et {cue}{sample}, merci") == f"{cue}{shown} et {cue}{shown}, merci"


@pytest.mark.parametrize("seed", range(20))
def test_all_kinds_in_a_sentence_in_any_order(seed: int) -> None:
    kinds = random.Random(seed).sample(list(DataKind), len(DataKind))
    typed = " ; ".join(CUES.get(kind, "") + SAMPLES[kind] for kind in kinds)
    assert mask(typed) == " ; ".join(CUES.get(kind, "") + PLACEHOLDERS[kind] for kind in kinds)


# --- what is typed, pasted or broken -------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "masked"),
    [
        ("tél 06\u00a012\u202f34\u00a056\u00a078", "tél [téléphone masqué]"),
        ("06\u200b12\u200b34\u200b56\u200b78 ok", "[téléphone masqué] ok"),
        ("０６ １２ ３４ ５６ ７８", "[téléphone masqué]"),
        ("Mme Du\u00adpont", "Mme [nom masqué]"),
        ("Mme Lefe\u0300vre arrive", "Mme [nom masqué] arrive"),
        ("12 rue de l\u2019E\u0301glise 69003 Lyon", "[adresse masquée]"),
        ("AB‑123‑CD", "[plaque masquée]"),
        ("né\u00a0le\u00a012/03/1985", "né\u00a0le\u00a0[date de naissance masquée]"),
        ("M.\u00a0Dupont 🙂", "M.\u00a0[nom masqué] 🙂"),
        ("jean@ex\ud800.fr et a@b.fr", "jean@ex\ud800.fr et [adresse électronique masquée]"),
    ],
)
def test_typographic_and_invisible_characters(typed: str, masked: str) -> None:
    assert mask(typed) == masked


@pytest.mark.parametrize(
    "number",
    [
        "1 85 03 69 123 456 10",
        "185036912345610",
        "12 85 03 69 123 456 09",
        "FR81 2004 1010 0505 1234 5M02 644",
    ],
)
def test_a_wrong_key_is_no_number_without_its_word(number: str) -> None:
    assert mask(f"référence {number}") == f"référence {number}"


@pytest.mark.parametrize(
    ("typed", "masked"),
    [
        ("n° de sécu 1 85 03 69 123 456 10", "n° de sécu [numéro de sécurité sociale masqué]"),
        ("IBAN FR81 2004 1010 0505 1234 5M02 644", "IBAN [IBAN masqué]"),
        ("RIB 20041 01005 0512345M026 43", "RIB [IBAN masqué]"),
    ],
)
def test_a_number_typed_wrong_is_masked_beside_its_word(typed: str, masked: str) -> None:
    assert mask(typed) == masked


def test_placeholders_given_are_no_findings() -> None:
    every = " ".join(PLACEHOLDERS.values())
    assert screen(every) == screen(every)
    assert screen(every).findings == ()
    assert mask(f"{every} 06 12 34 56 78") == f"{every} {PLACEHOLDERS[DataKind.PHONE]}"


@pytest.mark.parametrize(
    ("masked", "bare"),
    [
        ("Mme [nom masqué] habite au [adresse masquée].", "Mme habite au."),
        ("[téléphone masqué]", ""),
        ("Je peux résumer la lettre de M. [nom masqué] ?", "Je peux résumer la lettre de M. ?"),
        ("a [nom masqué], b ([IBAN masqué])\n[nom masqué] c", "a, b ()\nc"),
        ("rien  à  ôter ", "rien  à  ôter "),
    ],
)
def test_search_reads_no_placeholder(masked: str, bare: str) -> None:
    assert without_placeholders(masked) == bare


WORDS = """Mme mme M. m. Me Dr Dupont dupont Sophie karim née né le 12/03/1985 mars 1987 12 bis rue des Lilas 69003
    Lyon place avenue 06 12 34 56 78 0612345678 +33 (0) 00 33 a@b.fr @ [at] FR76 FR81 2004 1010 0505 1234 5M02 643 RIB
    IBAN AB-123-CD ab 123 cd plaque 1234 AB 69 s'appelle nommé nom : dossier de je suis de la le et est enceinte CGT
    syndiqué facture SIRET né(e) DDN [nom masqué] [téléphone masqué] [nom masqué [ ] masqué] J.-B. d'Artagnan 1 85 03
    69 123 456 09 n° lieu-dit appt 4 2A 🙂 · é""".split()
SIGNS = [*" \n\u00a0\u200b\u0301\ud800\x00\ue000\ue001.,-'’/", "[nom masqué]", "[adresse masquée]"]
pieces = st.sampled_from(WORDS + SIGNS)
texts = st.one_of(
    st.text(),
    st.text(st.characters(codec=None), max_size=60),
    st.lists(pieces, max_size=40).map(" ".join),
    st.lists(pieces, max_size=40).map("".join),
)


@settings(deadline=None)  # the first text with digits loads libraries
@given(texts)
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@settings(deadline=None)  # the first text with digits loads libraries
@given(texts)
def test_findings_are_ordered_and_disjoint(text: str) -> None:
    reached = 0
    for one in screen(text).findings:
        assert reached <= one.start < one.end <= len(text)
        reached = one.end
    assert PLACEHOLDERS[DataKind.NAME] not in without_placeholders(mask(text))


# --- time ----------------------------------------------------------------------------------------

UNITS = [
    "1", "1 ", "0 ", "06 ", "06 12 34 56 7 ", "+", "+3", "00", "a", "A", "é", "A ", "a.", "a@", "a@a.", "@", "-", "A-", "'", "d'",
    "FR76", "FR76 ", "FR76 3000 ", "aa11", "2A", "AB-", "AB-123-C", "mme ", "Mme ", "M. ", "MM. Roux et ", "de la ", "M. de ",
    "Sophie ", "Sophie Roux ", "sophie martin ", "née le ", "née à a", "naissance ", "date de naissance ", "12 rue ", "1 rue a ",
    "12 place de ", "1 rue aaa, 69003 ", "lieu-dit A ", "nom : ", "s'appelle ", "l'outil ", "est ", "est a ", "et est malade ",
    "il est à la ", "syndicat ", "souffre ", "[nom masqué]", "[nom ", "[", "a@b.fr Sophie Roux ", "06 12 34 56 78 ", "\n", " ",
    "\u200b", "\u0301", "🙂", "\ud800", ".", ". ", "facture ", "facture n°", "SIRET 1 ", "tel ", "J.-", "A.", "(", "(0)", "1er mars ",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_a_degenerate_text_takes_linear_time(unit: str) -> None:
    """Each is repeated over 20 000 characters, after a fact, which has names looked for."""
    text = "a@b.fr " + unit * (20_000 // len(unit))
    started = time.perf_counter()
    screen(text)
    assert time.perf_counter() - started < 3


def test_an_ordinary_question_takes_less_than_five_milliseconds() -> None:
    question = "Puis-je résumer la lettre de Mme Dupont, 12 rue des Lilas 69003 Lyon, tél. 06 12 34 56 78 ?"
    mask(question)  # the first one imports and compiles
    times = []
    for _ in range(20):
        started = time.perf_counter()
        mask(question)
        times.append(time.perf_counter() - started)
    assert sorted(times)[10] < 0.005


IMPORTS = (
    "import assistant.personal_data as data, sys; data.mask('Puis-je utiliser une IA ?'); print(*sys.modules)"
)


def test_libraries_of_numbers_load_only_when_digits_ask_for_them() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    assert {"assistant.personal_data", "assistant.french"} <= set(done.stdout.split())
    assert {"phonenumbers", "stdnum"} & set(done.stdout.split()) == set()
