"""The closed list of legal references, ``references.yaml``, and the texts that cite law beyond it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from assistant.documents.checking.entries import Entries, Entry
from assistant.documents.checking.law_articles import article_key
from assistant.documents.checking.law_mentions import Mention, law_mentions
from assistant.documents.checking.law_texts import law_keys
from assistant.documents.decoding import decode
from assistant.documents.located import LocatedError, Problem
from assistant.documents.yamltext import YamlMapping, read_mapping
from assistant.errors import DocumentError

LAW_FILE = "references.yaml"
KEYS = ("id", "texte", "noms", "article", "objet", "en_vigueur_depuis", "lien", "version_lue")
_REQUIRED = ("id", "texte", "objet", "lien")
_DATES = ("en_vigueur_depuis", "version_lue")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Where the Republic and the Union publish their law.
_OFFICIAL = {
    "www.legifrance.gouv.fr": ("https",),
    "eur-lex.europa.eu": ("https",),
    "data.europa.eu": ("http", "https"),
}


@dataclass
class LawList:
    """The laws of a list and their articles: ``laws`` gives by key (``law_keys``) the laws so called."""

    names: list[str] = field(default_factory=list)
    laws: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    articles: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, row: YamlMapping) -> None:
        """Add an entry: a law with its other names, or one of its articles."""
        text, article = row.text("texte"), row.text("article")
        if article:
            self.articles[law_keys(text)[0]].add(article_key(article))
            return
        for name in (text, *row.texts("noms")):
            self.names.append(name)
            for key in law_keys(name):
                self.laws[key].add(law_keys(text)[0])

    def lacking(self, mention: Mention) -> str:
        """Return in French what the list lacks of a mention, empty when it has it all."""
        # the keys of one mention must agree: a number with the date of another law is no law
        called = [self.laws.get(key, set()) for key in mention.keys]
        laws = set.intersection(*called) if called else set(self.articles)
        if not laws:
            return f"ce texte n’est pas dans {LAW_FILE}"
        known = {article for law in laws for article in self.articles.get(law, ())}
        missing = [number for number in mention.articles if number not in known]
        return f"l’article {', '.join(missing)} n’est pas dans {LAW_FILE}" if missing else ""


def check_law(folder: Path, entries: Entries) -> Iterator[Problem]:
    """Yield what is wrong in the list at the root of a corpus, then what its texts cite beyond it.

    Without a list, texts may cite what they like; so may documents that were not written for Repère.
    """
    path = folder / LAW_FILE
    if not path.is_file():
        return
    listed = LawList()
    try:
        rows = read_mapping(decode(path.read_bytes())).mappings("references")
        yield from _repeated(rows)
        yield from _articles_alone(rows)
        for row in rows:
            yield from _row_problems(row)
            if row.get("texte"):
                listed.add(row)
    except LocatedError as error:
        found = error.found.removeprefix(f"Ligne {error.line} : ")
        yield Problem(LAW_FILE, error.line, " ".join(filter(None, (found, error.expected, error.remedy))))
    except (DocumentError, OSError) as error:
        yield Problem(LAW_FILE, None, str(error))
    else:
        yield from _unlisted(entries, listed)


def _row_problems(row: YamlMapping) -> Iterator[Problem]:
    for key in row:
        if key not in KEYS:
            yield _problem(row, key, f"clé inconnue « {key} » : attendu {', '.join(KEYS)}.")
    for key in _REQUIRED:
        if not row.text(key):
            yield _problem(row, key, f"il manque « {key} » à cette référence : complétez-la.")
    if not _SLUG.fullmatch(row.text("id") or "x"):
        yield _problem(row, "id", f"identifiant « {row.text('id')} » : minuscules, chiffres et tirets.")
    for key in _DATES:
        if row.get(key) is not None and type(row.get(key)) is not date:
            yield _problem(row, key, f"{key} « {row.text(key)} » : écrivez AAAA-MM-JJ.")
    if row.get("noms") and row.text("article"):
        message = "« noms » se donne à l’entrée du texte entier, sans article : déplacez-le."
        yield _problem(row, "noms", message)
    link = row.text("lien")
    address = urlsplit(link)
    if link and address.scheme not in _OFFICIAL.get(address.netloc, ()):
        sites = ", ".join(_OFFICIAL)
        yield _problem(row, "lien", f"lien « {link} » : donnez l’adresse du site officiel ({sites}).")


def _repeated(rows: Iterable[YamlMapping]) -> Iterator[Problem]:
    """Yield identifiers, laws, articles and names that stand twice in the list."""
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        law = law_keys(row.text("texte"))[0]
        said = [("id", row.text("id")), ("texte", f"{law} {article_key(row.text('article'))}".strip())]
        said.extend(("noms", law_keys(name)[0]) for name in row.texts("noms"))
        for key, value in said:
            line = first.setdefault((key, value), row.line_of(key))
            if value and line != row.line_of(key):
                yield _problem(row, key, f"« {value} » est déjà à la ligne {line} : gardez-en une seule.")


def _articles_alone(rows: Iterable[YamlMapping]) -> Iterator[Problem]:
    """Yield the articles of a law that has no entry of its own: its names and its link stand there."""
    whole = {law_keys(row.text("texte"))[0] for row in rows if not row.text("article")}
    for row in rows:
        if law_keys(row.text("texte"))[0] not in whole:
            message = f"« {row.text('texte')} » n’a pas d’entrée sans article : ajoutez-la."
            yield _problem(row, "texte", message)


def _problem(row: YamlMapping, key: str, message: str) -> Problem:
    return Problem(LAW_FILE, row.line_of(key), message)


def _unlisted(entries: Entries, listed: LawList) -> Iterator[Problem]:
    for document, _ in entries.prepared():
        for section in document.sections:
            entry = Entry(document, section)
            text = document.text[section.start : section.end]
            told: set[tuple[str, ...]] = set()
            for mention in sorted(law_mentions(text, listed.names), key=lambda one: bool(one.articles)):
                lacking = listed.lacking(mention)
                # a law that is missing is not missed once more for each of its articles
                if lacking and not (mention.articles and mention.keys in told):
                    told.add(mention.keys)
                    yield _lacking(entries, entry, text[mention.start : mention.end], lacking)


def _lacking(entries: Entries, entry: Entry, words: str, lacking: str) -> Problem:
    message = f"« {words} » : {lacking}. Ajoutez-le après l’avoir lu sur le site officiel, ou retirez-le."
    return entries.problem(entry, words, message)
