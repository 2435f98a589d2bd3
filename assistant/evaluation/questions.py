"""Labelled questions: what people ask, which passages answer, or that none does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant.documents.splitter import section_address
from assistant.domain import Verdict
from assistant.evaluation.rows import DatasetError, Row, read_rows

DEFAULT_KIND = "question"


@dataclass(frozen=True, slots=True)
class Question:
    """One labelled question.

    ``expected`` holds the passages of which each one alone answers (``charte#article-4`` also covers
    the parts ``charte#article-4~2``…); it is empty when the framework does not answer. ``extracts``
    are alternative pieces of the sentence that answers: quoting one of them is enough. ``kind`` groups
    questions in the report.
    """

    id: str
    text: str
    history: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    extracts: tuple[str, ...] = ()
    verdict: Verdict | None = None
    kind: str = DEFAULT_KIND

    @property
    def answerable(self) -> bool:
        """Tell whether some passage answers."""
        return bool(self.expected)

    def label_of(self, passage_id: str) -> str | None:
        """Return the expected passage that this one is, or is a part of, else None."""
        whole = section_address(passage_id)
        return next((label for label in self.expected if label in (passage_id, whole)), None)


def load_questions(path: Path) -> tuple[Question, ...]:
    """Read a JSON Lines file of labelled questions.

    ``id``, ``question`` and ``expected`` are required (an empty list: no passage answers); ``answer`` is a
    text, a list of alternatives or null.

    Raises:
        DatasetError: a line is malformed, or an identifier or a question comes twice, or none is given.
    """
    loaded: list[Question] = []
    ids: dict[str, int] = {}
    wordings: dict[tuple[str, ...], int] = {}
    for row in read_rows(path):
        question = _question(row)
        _refuse_repetition(row, f"l’identifiant « {question.id} »", ids.setdefault(question.id, row.line))
        wording = (*question.history, " ".join(question.text.split()).casefold())
        _refuse_repetition(row, f"la question « {question.text} »", wordings.setdefault(wording, row.line))
        loaded.append(question)
    if not loaded:
        raise DatasetError(
            f"{path} ne contient aucune question.", "Un objet JSON par ligne.", "Complétez le fichier."
        )
    return tuple(loaded)


def _question(row: Row) -> Question:
    expected = row.texts("expected")
    for passage in expected:
        document, mark, anchor = passage.partition("#")
        if not (document and mark and anchor):
            raise row.wrong(f"« {passage} » ne désigne pas un passage.", "Attendu : <document>#<ancre>.")
    answer = row.fields.get("answer")
    extracts = (answer,) if isinstance(answer, str) and answer.strip() else row.texts("answer")
    if extracts and not expected:
        raise row.wrong("un extrait qui répond, mais aucun passage attendu.", "Complétez « expected ».")
    kind = row.optional_text("kind") or DEFAULT_KIND
    if "." in kind:  # kinds are part of the dotted keys of figures
        raise row.wrong(f"le genre « {kind} » contient un point.", "Attendu : un mot.")
    identifier, text, verdict = row.text("id"), row.text("question"), _verdict(row)
    if "expected" not in row.fields:  # not the same as « nothing answers »
        raise row.wrong(
            "la question n’est pas étiquetée.", "Attendu : « expected », vide si rien n’y répond."
        )
    return Question(
        id=identifier,
        text=text,
        history=row.texts("history"),
        expected=expected,
        extracts=extracts,
        verdict=verdict,
        kind=kind,
    )


def _verdict(row: Row) -> Verdict | None:
    value = row.optional_text("verdict")
    try:
        return Verdict(value) if value else None
    except ValueError as error:
        known = ", ".join(f"« {verdict} »" for verdict in Verdict)
        raise row.wrong(f"verdict « {value} » inconnu.", f"Attendu : null ou {known}.") from error


def _refuse_repetition(row: Row, what: str, first_line: int) -> None:
    if first_line != row.line:
        raise row.wrong(f"{what} est déjà à la ligne {first_line}.", "Chaque question une seule fois.")


def unknown_labels(questions: Iterable[Question], known: Iterable[str]) -> list[str]:
    """Return ``question: passage`` for each expected passage that is not among the known addresses."""
    addresses = set(known)
    return [
        f"{question.id} : {label}"
        for question in questions
        for label in question.expected
        if label not in addresses
    ]
