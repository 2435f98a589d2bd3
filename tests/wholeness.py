"""What a killed or interrupted process must never leave in the database: halves of things, things twice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from assistant.storage.database import Database

# Each finds the rows that should not be there.
QUERIES = {
    "a question without its answer": """
        SELECT id FROM steps q WHERE kind = 'question'
        AND NOT EXISTS (SELECT 1 FROM steps a WHERE a.id = answer_of(q.id) AND a.thread_id = q.thread_id)""",
    "an answer without its question": """
        SELECT id FROM steps a WHERE kind = 'answer'
        AND NOT EXISTS (SELECT 1 FROM steps q WHERE answer_of(q.id) = a.id AND q.kind = 'question')""",
    "an answer that says nothing": "SELECT id FROM steps WHERE kind = 'answer' AND (text = '' OR props = '{}')",
    "a discussion without messages": "SELECT id FROM threads WHERE id NOT IN (SELECT thread_id FROM steps)",
    "an escalated answer without a ticket": """
        SELECT id FROM steps WHERE kind = 'answer' AND json_extract(details, '$.status') = 'escalated'
        AND id NOT IN (SELECT step_id FROM tickets WHERE step_id IS NOT NULL)""",
    "a ticket of its own accord on a sure answer": """
        SELECT t.id FROM tickets t JOIN steps s ON s.id = t.step_id
        WHERE t.reason IN ('unsure', 'urgent') AND json_extract(s.details, '$.status') <> 'escalated'""",
    "a ticket without its answer": "SELECT id FROM tickets WHERE step_id IS NULL OR thread_id IS NULL",
    "a ticket that was not opened once": """
        SELECT id FROM tickets t
        WHERE 1 <> (SELECT count(*) FROM ticket_events e WHERE e.ticket_id = t.id AND e.kind = 'opened')""",
    "an opening that the audit does not have once": """
        SELECT id FROM tickets t WHERE 1 <> (
            SELECT count(*) FROM audit WHERE action = 'ticket.open' AND target = printf('R-%04d', t.id))""",
    "a ticket whose state is not that of its replies": """
        SELECT id FROM tickets t WHERE (state = 'answered') <> EXISTS (
            SELECT 1 FROM ticket_events e WHERE e.ticket_id = t.id AND e.kind = 'reply')""",
    "a reply that is not in the discussion": """
        SELECT e.reply_id FROM ticket_events e WHERE e.kind = 'reply'
        AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.id = e.reply_id AND s.kind = 'reply')""",
    "a reply that waits for nobody": """
        SELECT id FROM steps s WHERE kind = 'reply' AND NOT (
            EXISTS (SELECT 1 FROM notices n WHERE n.step_id = s.id AND n.thread_id = s.thread_id)
            AND EXISTS (SELECT 1 FROM ticket_events e WHERE e.reply_id = s.id))""",
    "a reply that the audit does not have once": """
        SELECT reply_id FROM ticket_events e WHERE kind = 'reply' AND 1 <> (
            SELECT count(*) FROM audit
            WHERE action = 'ticket.reply' AND json_extract(details, '$.reply') = e.reply_id)""",
    "a broken reference": "SELECT * FROM pragma_foreign_key_check",
    "a damaged file": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
}


def answer_of(question_id: str) -> str:
    """Return the id of the answer to a question."""
    return str(uuid5(NAMESPACE_URL, f"answer:{question_id}"))


def flaws(database: Database | Path) -> list[str]:
    """Return what is half there, twice there or damaged; tickets that were withdrawn are not foreseen."""
    file = Path(str(database.url.database)) if isinstance(database, Database) else database
    with closing(sqlite3.connect(file)) as connection:
        connection.create_function("answer_of", 1, answer_of)
        return [
            f"{name}: {row}"
            for name, query in QUERIES.items()
            for row in connection.execute(query).fetchall()
        ]
