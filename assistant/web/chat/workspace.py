"""The folder that Chainlit works in: a temporary copy of ours, so that it never writes into the sources."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from assistant.texts import Texts

FOLDER = Path(__file__).parent.parent / "chainlit"
# What the configuration says in the place of the interface's language.
LOCALE = "{locale}"


def prepare(texts: Texts) -> tempfile.TemporaryDirectory[str]:
    """Make the folder and tell Chainlit where it is; to be called before Chainlit is imported.

    Chainlit reads its place from the environment when it is imported, and fills it with 22
    translations and the files of the sessions. The folder goes away with the object returned.
    """
    folder = tempfile.TemporaryDirectory(prefix="repere-chat-")
    root = Path(folder.name)
    shutil.copytree(FOLDER, root, dirs_exist_ok=True)
    locale = texts("page.locale")
    config = root / ".chainlit" / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace(LOCALE, locale), encoding="utf-8")
    translation = root / ".chainlit" / "translations" / f"{locale}.json"
    translation.parent.mkdir(parents=True, exist_ok=True)
    translation.write_text(json.dumps(interface(texts), ensure_ascii=False), encoding="utf-8")
    # An empty read-me: without it Chainlit warns at every page, with it no button is drawn.
    (root / f"chainlit_{locale}.md").touch()
    os.environ["CHAINLIT_APP_ROOT"] = str(root)
    # Otherwise Chainlit loads the operator's .env, and a DATABASE_URL found there, into the process.
    os.environ["CHAINLIT_ENV_FILE"] = str(root / "no.env")
    return folder


def interface(texts: Texts) -> dict[str, Any]:
    """Return Chainlit's own sentences in this language with those of ``page.interface`` in their place.

    Raises:
        KeyError: ``page.interface`` names a sentence that this Chainlit does not have.
    """
    # find_spec locates the package without importing it.
    spec = importlib.util.find_spec("chainlit")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("chainlit")
    shipped = Path(spec.origin).parent / "translations" / f"{texts('page.locale')}.json"
    sentences: dict[str, Any] = json.loads(shipped.read_text(encoding="utf-8"))
    for key, sentence in texts.under("page.interface").items():
        *path, last = key.split(".")
        node = sentences
        for name in path:
            node = node[name]
        if last not in node:
            raise KeyError(key)
        node[last] = sentence
    return sentences
