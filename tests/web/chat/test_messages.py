"""One builder for what is shown live and what is resumed: the page must not see a difference."""

from datetime import UTC, datetime

import pytest

from assistant.storage.threads import Standing, Step, StepKind, Summary, Thread
from assistant.web.chat.messages import (
    AUTHOR,
    element_record,
    moment,
    step_record,
    summary_record,
    thread_record,
)

AT = datetime(2026, 11, 25, 9, 30, 1, 234567, tzinfo=UTC)
QUESTION = Step("q", StepKind.QUESTION, "Puis-je ?", created_at=AT)
ANSWER = Step("a", StepKind.ANSWER, "**Oui**", {"status": "verified", "copy": "…"}, {"secret": 1}, "t", AT)
NOTICE = Step("n", StepKind.NOTICE, "Transmise.", {"status": "notice"}, created_at=AT)
REPLY = Step("r", StepKind.REPLY, "Voici.", {"ticket": 4, "state": "answered"}, created_at=AT)


def test_times_are_read_by_a_browser() -> None:
    assert moment(AT) == "2026-11-25T09:30:01.234Z"


def test_a_question_bears_its_asker_s_name() -> None:
    record = step_record(QUESTION, "t", "Zoé")
    assert (record["id"], record["threadId"], record["output"]) == ("q", "t", "Puis-je ?")
    assert (record["name"], record["type"]) == ("Zoé", "user_message")
    assert {record[name] for name in ("createdAt", "start", "end")} == {moment(AT)}


@pytest.mark.parametrize("step", [ANSWER, NOTICE, REPLY], ids=lambda step: step.kind)
def test_all_the_rest_is_said_by_the_tool(step: Step) -> None:
    record = step_record(step, "t", "Zoé")
    assert (record["name"], record["type"], record["output"]) == (AUTHOR, "assistant_message", step.text)
    assert "secret" not in str(record)


def test_a_question_has_nothing_to_draw() -> None:
    assert element_record(QUESTION, "t") is None


def test_an_answer_is_drawn_with_what_became_of_it() -> None:
    record = element_record(ANSWER, "t", Standing(0, "unclear", 12, "withdrawn"))
    assert record is not None
    assert (record["id"], record["forId"], record["threadId"]) == ("element-a", "a", "t")
    assert (record["type"], record["name"], record["display"]) == ("custom", "Answer", "inline")
    assert record["props"] == {
        "status": "verified",
        "copy": "…",
        "thread": "t",
        "step": "a",
        "kind": "answer",
        "opinion": 0,
        "ticket": 12,
        "ticketState": "withdrawn",
    }


def test_an_answer_of_which_nothing_became_has_its_buttons_too() -> None:
    record = element_record(ANSWER, "t")
    assert record is not None
    assert (record["props"]["opinion"], record["props"]["ticket"], record["props"]["ticketState"]) == (
        None,
        None,
        "",
    )


@pytest.mark.parametrize("step", [NOTICE, REPLY], ids=lambda step: step.kind)
def test_notices_and_replies_have_no_buttons(step: Step) -> None:
    record = element_record(step, "t", Standing(1, "", 3, "open"))
    assert record is not None
    assert record["props"] == {**step.props, "thread": "t", "step": step.id, "kind": step.kind.value}


def test_a_discussion_is_made_of_the_messages_shown_live() -> None:
    standings = {"a": Standing(1, "", 4, "answered")}
    steps = (QUESTION, ANSWER, NOTICE, REPLY)
    record = thread_record(Thread(Summary("t", "Puis-je ?", AT), steps, standings), "owner", "Zoé")
    assert record["steps"] == [step_record(step, "t", "Zoé") for step in steps]
    assert record["elements"] == [
        element_record(ANSWER, "t", standings["a"]),
        element_record(NOTICE, "t"),
        element_record(REPLY, "t"),
    ]
    listed = summary_record(Summary("t", "Puis-je ?", AT), "owner")
    assert {**record, "steps": [], "elements": []} == listed
    assert (listed["userId"], listed["userIdentifier"], listed["name"]) == ("owner", "owner", "Puis-je ?")
    assert listed["createdAt"] == moment(AT)
