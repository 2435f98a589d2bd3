"""The shape of the code: layers, sizes, silent imports, and a README that says what the code says."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from importlib.metadata import files, packages_distributions
from itertools import chain
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.settings import ROOT, Settings

PACKAGE = ROOT / "assistant"
# Lowest first: a module imports only from its own group or from those before it.
LAYERS = (
    ("domain", "errors", "french", "personal_data"),
    ("settings", "texts", "logs"),
    ("storage", "documents"),
    ("accounts",),
    ("indexing",),
    ("search",),
    ("answering",),
    ("escalation",),
    ("evaluation", "training"),
    ("service",),
    ("conversation",),
    ("doctor", "backup", "llamaindex"),
    ("web",),
    ("commands",),
    ("__main__",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40
HEAVY = frozenset("chainlit llama_index nltk sentence_transformers sklearn torch transformers".split())
# These extend a heavy library: they are loaded by whoever asks for it, never by the others. Chainlit loads
# the chat by its path, once the server has given it a place to write, and the chat loads its history.
EXTENSIONS = {"assistant.web.chat.callbacks", "assistant.web.chat.history", "assistant.llamaindex"}
# Run by Alembic on a connection, never imported.
SCRIPTS = {"assistant.storage.migrations.env"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imported(name: str) -> set[str]:
    """Return the modules of ours that a module imports, at its top or inside its functions."""
    found: set[str] = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}:{node.lineno}: relative import"
            module = node.module or ""
            full = (f"{module}.{alias.name}" for alias in node.names)
            found.update(one if one in MODULES else module for one in full)
    return {one for one in found if one in MODULES and one != name}


def layer(name: str) -> str:
    return name.split(".")[1]


def test_every_module_has_a_layer() -> None:
    assert {layer(name) for name in MODULES if "." in name} - RANK.keys() == set()


def test_imports_go_to_the_left_only() -> None:
    upward = [
        f"{name} imports {other}"
        for name in MODULES
        for other in imported(name)
        if "." in name and "." in other and RANK[layer(other)] > RANK[layer(name)]
    ]
    assert upward == []


def test_nothing_imports_what_extends_a_heavy_library() -> None:
    assert {name for name in MODULES if imported(name) & EXTENSIONS} - EXTENSIONS == set()


def test_no_module_imports_itself_through_others() -> None:
    order = TopologicalSorter({name: imported(name) for name in MODULES}).static_order()
    assert set(order) == MODULES.keys()


@pytest.mark.parametrize("name", MODULES)
def test_module_size(name: str) -> None:
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


def test_function_size() -> None:
    long = [
        f"{name}.{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_only_the_settings_read_the_environment() -> None:
    """Giving a variable to a library (``os.environ[…] = …``) is not reading."""
    reads = [
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        if name != "assistant.settings"
        for node in ast.walk(tree)
        if _reads_environment(node)
    ]
    assert reads == []


def _reads_environment(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(ast.Name("os"), "getenv" | "getenvb" | "environb"):
            return True
        case ast.ImportFrom(module="os", names=names):
            return bool({alias.name for alias in names} & {"environ", "environb", "getenv"})
        case ast.Subscript(value=ast.Attribute(ast.Name("os"), "environ"), ctx=ast.Load()):
            return True
        case ast.Attribute(ast.Attribute(ast.Name("os"), "environ"), method):
            return method != "update"
        case _:
            return False


QUIET_IMPORT = """
import importlib, json, os, sys
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
written = []
def watch(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
        written.append(str(arguments[0]))
    elif event in ("os.mkdir", "os.remove", "os.rename", "os.rmdir"):
        written.append(f"{event} {arguments[0]}")
    elif event == "os.putenv" and b"OPENBLAS" not in arguments[0]:  # numpy bounds its own threads
        written.append(f"{event} {arguments[0]}")
sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
print(json.dumps({"written": written, "loaded": sorted({name.split(".")[0] for name in sys.modules})}))
"""


def in_new_process(code: str, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_loads_nothing_heavy_and_writes_nothing(tmp_path: Path) -> None:
    names = [name for name in MODULES if name not in EXTENSIONS | SCRIPTS]
    found = json.loads(in_new_process(f"import os; os.chdir({str(tmp_path)!r})\n{QUIET_IMPORT}", *names))
    assert set(found["loaded"]) & HEAVY == set()
    assert found["written"] == []


ASKING = """
import sys
from assistant.__main__ import app
try:
    app(["ask", "Puis-je coller le courrier d’un habitant dans ChatGPT ?", "--json"])
except SystemExit as ended:
    assert not ended.code
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def test_asking_loads_nothing_heavy(built_settings: Settings) -> None:
    printed = in_new_process(
        ASKING, REPERE_CORPUS=str(built_settings.corpus), REPERE_STORE=str(built_settings.store)
    )
    answer, loaded = printed.splitlines()
    assert json.loads(answer)["sentences"]
    assert {"assistant", "chromadb"} <= set(loaded.split())
    assert set(loaded.split()) & HEAVY == set()


# --- the README says what the code says --------------------------------------------------------


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading of the README, without its header."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", readme, re.MULTILINE | re.DOTALL)
    assert section, f"README.md has no section {heading!r}"
    lines = [line for line in section.group(1).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_readme_lists_the_settings() -> None:
    expected = []
    for name, field in Settings.model_fields.items():
        default = str(field.default).replace(f"{ROOT}/", "")
        expected.append([f"`REPERE_{name.upper()}`", f"`{default}`" if default else "", field.description])
    assert rows("Settings") == expected


def test_the_readme_lists_the_exit_codes() -> None:
    expected = {"0"} | {str(error.exit_code) for error in (AssistantError, *AssistantError.__subclasses__())}
    assert [row[0] for row in rows("Exit codes")] == sorted(expected)


def test_the_readme_maps_the_modules() -> None:
    """One row a module, in the order of the layers, with the first line of its own docstring."""
    listed = {row[0].strip("`"): row[1] for row in rows("Module map")}
    expected = {
        path.relative_to(PACKAGE).as_posix(): (ast.get_docstring(TREES[name]) or "").split("\n")[0]
        for name, path in MODULES.items()
        if path.name != "__init__.py"
    }
    assert listed == expected


def test_the_lock_is_exact_and_complete() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    exact = [re.fullmatch(r"([a-z0-9-]+)==[\w.]+", line) for line in lines if not line.startswith("#")]
    assert None not in exact, "a line is not an exact version: an address, a local suffix, a range"
    locked = {match.group(1) for match in exact if match}
    assert set(chain(*declared().values())) - locked == set()


# torch is named to fix its version: sentence-transformers imports it. lxml is the parser that Beautiful Soup
# is asked for by name, aiosqlite SQLAlchemy's driver, and FastAPI reads forms with python-multipart.
UNIMPORTED = {"aiosqlite", "lxml", "python-multipart", "torch"}


def test_the_product_imports_what_it_declares_and_nothing_else() -> None:
    own = imports_of_others(MODULES.values())
    optional = set(chain(*(names for extra, names in declared().items() if extra)))
    assert own - optional == set(declared()[""]) - UNIMPORTED
    assert optional & own <= set(declared()["bench"])


def test_the_tests_import_only_what_is_declared() -> None:
    tests = imports_of_others((ROOT / "tests").rglob("*.py"))
    assert tests - set(chain(*declared().values())) == set()


def declared() -> dict[str, list[str]]:
    """Return the names of the dependencies by extra; the product's own under an empty name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    return {extra: [re.split(r"[^\w-]", one)[0] for one in group] for extra, group in groups.items()}


def imports_of_others(paths: Iterable[Path]) -> set[str]:
    """Return the other distributions that these files import, wherever in the file."""
    known = packages_distributions()
    found: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                if name.split(".")[0] not in ("assistant", "tests"):
                    found.update(distributions(name, known))
    return found


def distributions(module: str, known: Mapping[str, list[str]]) -> set[str]:
    """Return the distribution of a module; namespaces shared by several are told apart by their files."""
    owners = {
        name.lower().replace("_", "-").replace(".", "-") for name in known.get(module.split(".")[0], [])
    }
    if len(owners) <= 1:
        return owners
    path = module.replace(".", "/")
    return {owner for owner in owners if any(path in str(file) for file in files(owner) or ())}
