import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.settings import ROOT
from assistant.texts import PROMPTS, load_texts


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_keys_are_dotted_and_placeholders_filled(tmp_path: Path) -> None:
    write(tmp_path, "fr.yaml", "chat:\n  hello: Bonjour {name}\n  bye: |\n    Au revoir\ntop: Haut\n")
    texts = load_texts("fr", tmp_path)
    assert texts.keys() == {"chat.hello", "chat.bye", "top"}
    assert texts("chat.hello", name="Zoé") == "Bonjour Zoé"
    assert texts("chat.bye") == "Au revoir"
    assert list(texts.under("chat")) == ["hello", "bye"]


def test_an_unknown_key_or_a_missing_value_is_a_mistake(tmp_path: Path) -> None:
    write(tmp_path, "fr.yaml", "hello: Bonjour {name}\n")
    texts = load_texts("fr", tmp_path)
    with pytest.raises(KeyError):
        texts("bye")
    with pytest.raises(KeyError):
        texts("hello")


@pytest.mark.parametrize(
    ("other", "key"),
    [
        ("hello: Hi {nom}\nbye: Bye\n", "hello"),
        ("hello: Hi {name}\n", "bye"),
        ("hello: Hi {name}\nbye: Bye\nmore: More\n", "more"),
    ],
)
def test_another_language_must_match_the_french(other: str, key: str, tmp_path: Path) -> None:
    write(tmp_path, "fr.yaml", "hello: Bonjour {name}\nbye: Au revoir\n")
    write(tmp_path, "en.yaml", other)
    with pytest.raises(SettingsError) as raised:
        load_texts("en", tmp_path)
    assert key in raised.value.expected


def test_a_missing_language_names_those_there_are(tmp_path: Path) -> None:
    write(tmp_path, "fr.yaml", "hello: Bonjour\n")
    with pytest.raises(SettingsError) as raised:
        load_texts("de", tmp_path)
    assert "fr" in raised.value.expected


@pytest.mark.parametrize("path", sorted(PROMPTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_languages_shipped_load(path: Path) -> None:
    texts = load_texts(path.stem)
    assert texts.keys()


@pytest.mark.parametrize("path", sorted(PROMPTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_apostrophes_are_typographic(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    wrong = [line for line in lines if not line.lstrip().startswith("#") and re.search(r"\w'\w", line)]
    assert wrong == []


@pytest.mark.parametrize("path", sorted(PROMPTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_is_searched_for_stays_in_french(path: Path) -> None:
    """A translated question would find nothing in French texts."""
    french, texts = load_texts(), load_texts(path.stem)
    questions = [key for key in sorted(french.keys()) if re.match(r"chat\.starters.*\.message$", key)]
    assert len(questions) > 5
    for key in [*questions, "chat.personal_data.question"]:
        assert texts(key) == french(key)


def requests() -> Iterator[tuple[str, str]]:
    """Yield (place, pattern) for each key, or group of keys, that the source asks for."""
    for path in sorted((ROOT / "assistant").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            place = f"{path.relative_to(ROOT)}:{node.lineno}"
            match node.func:
                case ast.Attribute(attr="under"):
                    ending = r"\..+"
                case ast.Name("texts") | ast.Attribute(attr="texts" | "_texts"):
                    ending = ""
                case _:
                    continue
            for pattern in patterns(node.args[0]):
                if ending or "." in pattern:  # every key has a dot; other things are called « texts » too
                    yield place, pattern + ending
    yield from requests_of_templates()


# texts("pages.skip"), texts("tickets.states." ~ state)
ASKED = re.compile(r"""\btexts\(\s*["']([\w.]+)["']\s*(~?)""")


def requests_of_templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "assistant").rglob("*.html")):
        for key, joined in ASKED.findall(path.read_text(encoding="utf-8")):
            yield path.name, re.escape(key) + ("[^.]+" if joined else "")


def patterns(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(str(key)):
            return [re.escape(key)]
        case ast.IfExp():
            return patterns(node.body) + patterns(node.orelse)
        case ast.JoinedStr():
            constants = (part.value if isinstance(part, ast.Constant) else None for part in node.values)
            return ["".join("[^.]+" if text is None else re.escape(str(text)) for text in constants)]
        case _:
            return []


def test_every_key_asked_for_exists() -> None:
    keys = load_texts().keys()
    missing = [
        (place, pattern)
        for place, pattern in requests()
        if not any(re.fullmatch(pattern, key) for key in keys)
    ]
    assert missing == []


def named() -> Iterator[str]:
    """Yield a pattern for each key, or group of keys, that the source names before asking for it."""
    for path in (ROOT / "assistant").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant | ast.JoinedStr):
                yield from (rf"{one}(?:\..+)?" for one in patterns(node) if re.match(r"\w+\\\.\w", one))


def test_every_key_is_asked_for() -> None:
    asked = re.compile("|".join([pattern for _, pattern in requests()] + list(named())))
    assert [key for key in sorted(load_texts().keys()) if not asked.fullmatch(key)] == []
