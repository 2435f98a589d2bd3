"""How fast the assistant is, beside the usual LlamaIndex pipeline on the same passages in the same run.

Cold figures are those of new processes, timed from their start to their end, the two systems taking
turns; each first runs once untimed, so that both find their files in the page cache.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import psutil

from assistant.domain import Passage
from assistant.errors import AssistantError
from assistant.evaluation.figures import Figure
from assistant.evaluation.metrics import percentile
from assistant.evaluation.server_probe import probe_server
from assistant.indexing.builder import encoded_text
from assistant.settings import ROOT

RUNS = 5
QUESTION = "Puis-je utiliser mon compte personnel pour le travail ?"
HEAVY = ("torch", "sentence_transformers", "llama_index", "sklearn")
USUAL = (sys.executable, "-m", "assistant.evaluation.usual_pipeline")
PRODUCT = (sys.executable, "-m", "assistant")
REMEDY = "Installez l’extra « bench », construisez l’index (« assistant index »), puis relancez."
Progress = Callable[[str], None]


class BenchError(AssistantError):
    """A process that is measured failed."""


@dataclass(frozen=True, slots=True)
class Workload:
    """What is measured: the product as the commands see it, and as it runs in this process.

    New processes inherit the environment, so they use the corpus and the index of the settings;
    ``passages`` are those of that index. ``ask`` answers in this process.
    """

    passages: Sequence[Passage]
    questions: Sequence[str]
    ask: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class BenchReport:
    """What was measured, and the heavy libraries that a cold question imported (none is expected)."""

    figures: tuple[Figure, ...]
    heavy_imports: tuple[str, ...]

    def value(self, key: str) -> float | None:
        """Return the value of a figure, None when it was not measured."""
        return next((figure.value for figure in self.figures if figure.key == key), None)


def run_bench(workload: Workload, progress: Progress) -> BenchReport:
    """Measure everything, the server last; ``progress`` is told, in French, what begins.

    Raises:
        BenchError: a measured process fails; the extra ``bench`` may not be installed.
    """
    figures = [
        Figure("machine.cores", psutil.cpu_count() or 1),
        Figure("machine.load_before", psutil.getloadavg()[0]),
        Figure("shipped.passages", len(workload.passages)),
    ]
    with TemporaryDirectory(prefix="repere-bench-") as name:
        folder = Path(name)
        progress("Construction des deux index…")
        figures += _builds(workload.passages, folder)
        progress("Question à froid, chacun son tour…")
        figures += _cold(folder)
    progress("Bibliothèques importées par une question…")
    heavy = heavy_imports([*PRODUCT, "ask", QUESTION])
    progress("Questions à chaud…")
    figures += _warm(workload)
    progress("Démarrage du serveur…")
    with TemporaryDirectory(prefix="repere-bench-") as name:
        # not the database of the settings, which a server may hold
        database = f"REPERE_DATABASE_URL=sqlite+aiosqlite:///{name}/repere.sqlite3"
        server = probe_server(["env", database, *PRODUCT, "serve"])
    figures += [
        Figure("shipped.server.ready_seconds", server.ready_seconds),
        Figure("shipped.server.resident_megabytes", server.resident_megabytes),
    ]
    return BenchReport(tuple(figures), heavy)


def _builds(passages: Sequence[Passage], folder: Path) -> list[Figure]:
    """Time both indexes built from nothing, each in a new process; ours also reads the documents."""
    listing = folder / "passages.jsonl"
    rows = ({"id": passage.id, "text": encoded_text(passage)} for passage in passages)
    listing.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    ours = ["env", f"REPERE_STORE={folder / 'store'}", *PRODUCT, "index"]
    usual = [*USUAL, "build", str(listing), str(folder / "chroma")]
    return [
        Figure("shipped.index.build_seconds", run_process(ours)),
        Figure("usual.index.build_seconds", run_process(usual)),
    ]


def _cold(folder: Path) -> list[Figure]:
    """Time a cold question on both systems in turn, their indexes built and persisted."""
    commands = {
        "shipped": [*PRODUCT, "ask", QUESTION],
        "usual": [*USUAL, "ask", str(folder / "chroma"), QUESTION],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(RUNS + 1):
        for name, command in commands.items():
            seconds = run_process(command)
            if turn:  # the first turn only warms the page cache
                times[name].append(seconds)
    shipped, usual = median(times["shipped"]), median(times["usual"])
    return [
        Figure("shipped.cold.seconds", shipped, of=RUNS),
        Figure("usual.cold.seconds", usual, of=RUNS),
        Figure("ratios.cold", usual / shipped),
    ]


def run_process(command: Sequence[str]) -> float:
    """Run a command to its end and return how many seconds it took.

    Raises:
        BenchError: it fails; the message carries the end of what it said.
    """
    started = perf_counter()
    done = subprocess.run(  # noqa: S603 - our own commands
        command, cwd=ROOT, capture_output=True, text=True
    )
    elapsed = perf_counter() - started
    if done.returncode:
        raise BenchError(
            f"La commande mesurée a échoué ({done.returncode}) : {' '.join(command[1:4])}…",
            done.stderr.strip()[-600:],
            REMEDY,
        )
    return elapsed


def heavy_imports(command: Sequence[str]) -> tuple[str, ...]:
    """Return the heavy libraries that a Python command imports, as Python's own import log tells."""
    program, *arguments = command
    done = subprocess.run(  # noqa: S603 - our own command
        [program, "-X", "importtime", *arguments], cwd=ROOT, capture_output=True, text=True
    )
    lines = [line for line in done.stderr.split("\n") if line.startswith("import time:")]
    if done.returncode or not lines:
        raise BenchError("La question à froid a échoué.", done.stderr.strip()[-600:], REMEDY)
    roots = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    return tuple(name for name in HEAVY if name in roots)


def _warm(workload: Workload) -> list[Figure]:
    """Time each question once in this process, after one that loads what is loaded on first use."""
    workload.ask(QUESTION)
    times: list[float] = []
    for question in workload.questions:
        started = perf_counter()
        workload.ask(question)
        times.append((perf_counter() - started) * 1000)
    return [
        Figure("shipped.warm.p50_ms", percentile(times, 0.50), of=len(times)),
        Figure("shipped.warm.p95_ms", percentile(times, 0.95), of=len(times)),
    ]
