"""What Prometheus may know: counts and durations, nothing about anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from assistant.domain import AnswerStatus
from assistant.escalation.tickets import State
from assistant.storage.census import Census
from assistant.storage.retention import Purged

FAILED = "error"
_STATUSES = (*(status.value for status in AnswerStatus), FAILED)
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
_questions = Counter("repere_questions", "Questions answered, by status", ["status"], registry=REGISTRY)
_answering = Histogram(
    "repere_answer_seconds", "From the question to its answer", buckets=_SECONDS, registry=REGISTRY
)
_refused = Counter("repere_sign_in_failures", "Sign-ins refused", registry=REGISTRY)
_purged = Counter("repere_purged", "Rows deleted past their time, by kind", ["kind"], registry=REGISTRY)
_purge_failures = Counter("repere_purge_failures", "Purges that failed", registry=REGISTRY)
_last_purge = Gauge("repere_last_purge_timestamp_seconds", "When a purge last succeeded", registry=REGISTRY)
for _status in _STATUSES:
    _questions.labels(_status)


def answered(status: str, seconds: float) -> None:
    """Count a question; what is not the status of an answer counts as an error."""
    _questions.labels(status if status in _STATUSES else FAILED).inc()
    _answering.observe(seconds)


def sign_in_failed() -> None:
    """Count a wrong password, or a sign-in refused after too many."""
    _refused.inc()


def purge_done(purged: Purged) -> None:
    """Count what a purge deleted."""
    for kind, number in asdict(purged).items():
        _purged.labels(kind).inc(number)
    _last_purge.set_to_current_time()


def purge_failed() -> None:
    """Count a purge that failed."""
    _purge_failures.inc()


@dataclass(frozen=True, eq=False)
class Reading(Collector):
    """What is read at each scrape instead of being counted: the database, the open pages, the index."""

    census: Census
    open_pages: int
    passages: int
    built_at: datetime

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        tickets = GaugeMetricFamily("repere_tickets", "Tickets by state", labels=["state"])
        for state in State:
            tickets.add_metric([state.value], self.census.tickets.get(state.value, 0))
        yield tickets
        accounts = GaugeMetricFamily("repere_accounts", "Active accounts by role", labels=["role"])
        for role, number in self.census.active.items():
            accounts.add_metric([role], number)
        yield accounts
        urgent, waiting = self.census.urgent, self.census.waiting
        yield GaugeMetricFamily("repere_urgent_tickets", "Open tickets marked urgent", value=urgent)
        yield GaugeMetricFamily("repere_notices_waiting", "Notices still to be delivered", value=waiting)
        yield GaugeMetricFamily("repere_open_pages", "Chat pages connected", value=self.open_pages)
        yield GaugeMetricFamily("repere_index_passages", "Passages in the index", value=self.passages)
        built = self.built_at.timestamp()
        yield GaugeMetricFamily("repere_index_timestamp_seconds", "When the index was built", value=built)


def exposition(reading: Reading) -> bytes:
    """Return everything in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(reading)
    return generate_latest(REGISTRY) + generate_latest(registry)
