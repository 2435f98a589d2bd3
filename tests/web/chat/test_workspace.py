import json
import os
from pathlib import Path

import pytest

from assistant.texts import Texts
from assistant.web.chat import workspace


def test_chainlit_says_our_sentences_in_place_of_its_own(texts: Texts) -> None:
    sentences = workspace.interface(texts)
    assert sentences["chat"]["input"]["placeholder"] == texts("page.interface.chat.input.placeholder")
    assert sentences["navigation"]["header"]["theme"]["dark"] == "Thème sombre"


def test_a_sentence_that_chainlit_does_not_have_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        workspace.interface(Texts({"page.interface.chat.input.unknown": "?"}))


def test_the_folder_holds_our_files_and_goes_away(texts: Texts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    with workspace.prepare(texts) as name:
        root = Path(name)
        assert os.environ["CHAINLIT_APP_ROOT"] == name
        assert (root / "public" / "a11y.js").is_file()
        translation = json.loads((root / ".chainlit" / "translations" / "fr-FR.json").read_text("utf-8"))
        assert translation == workspace.interface(texts)
        config = (root / ".chainlit" / "config.toml").read_text("utf-8")
        assert 'language = "fr-FR"' in config
        assert workspace.LOCALE not in config
        assert (root / "chainlit_fr-FR.md").read_text("utf-8") == ""
        assert not Path(os.environ["CHAINLIT_ENV_FILE"]).exists()
    assert not root.exists()


def test_our_own_folder_stays_as_it_is(texts: Texts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    config = workspace.FOLDER / ".chainlit" / "config.toml"
    before = config.read_bytes()
    with workspace.prepare(texts):
        assert config.read_bytes() == before
        assert workspace.LOCALE in before.decode()
