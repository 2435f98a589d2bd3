"""What open pages are shown: the right message, in the right tabs, of the right person."""

from __future__ import annotations

from assistant.storage.threads import Standing, Step, StepKind
from assistant.web.chat import live
from assistant.web.chat.messages import element_record, step_record
from tests.web.stage import Stage, Tab

QUESTION = "Puis-je saisir des données personnelles dans un outil grand public ?"
SAID = ("new_message", "element", "toast")


async def said(tab: Tab) -> list[str]:
    """Return what a tab was told and nobody asked it about."""
    return [name for name in await tab.silence() if name in SAID]


async def test_an_answer_is_shown_in_every_tab_of_its_discussion_and_in_no_other(stage: Stage) -> None:
    agent = await stage.person()
    asker = await stage.tab(agent)
    shown, drawn = await asker.ask(QUESTION)
    second = await stage.tab(agent, shown["threadId"])
    elsewhere, stranger = await stage.tab(agent), await stage.tab(await stage.person())
    more, its = await asker.ask("Et pour une photo ?")
    assert await second.hear("new_message", lambda record: record["id"] == more["id"]) == more
    assert await second.hear("element", lambda record: record["forId"] == more["id"]) == its
    assert [await said(tab) for tab in (elsewhere, stranger)] == [[], []]
    assert drawn["props"]["step"] == shown["id"]


async def test_a_discussion_of_the_same_name_shows_nothing_to_somebody_else(stage: Stage) -> None:
    # Both connect to it before it exists; the first to ask owns it.
    mine, theirs = await stage.person(), await stage.person()
    first, second = await stage.unopened(mine, "same"), await stage.unopened(theirs, "same")
    for tab in (first, second):
        assert not await tab.refused()
        await tab.listen()
    shown, _ = await first.ask(QUESTION)
    assert shown["threadId"] == "same"
    assert await said(second) == []
    refused = await second.fail("Et moi ?")
    assert "n’est pas la vôtre" in refused["output"]
    assert await said(first) == []


async def test_a_message_of_the_tool_is_shown_as_it_will_be_resumed(stage: Stage) -> None:
    agent = await stage.person(name="Zoé Martin")
    tab = await stage.tab(agent)
    shown, _ = await tab.ask(QUESTION)
    notice = Step("n", StepKind.NOTICE, "Transmise.", {"status": "notice"})
    assert await live.show(agent, shown["threadId"], notice) is True
    assert await tab.hear("new_message") == step_record(notice, shown["threadId"], "Zoé Martin")
    assert await tab.hear("element") == element_record(notice, shown["threadId"])
    assert await live.show(agent, "elsewhere", notice) is False
    assert await live.show(await stage.person(), shown["threadId"], notice) is False
    assert await said(tab) == []


async def test_buttons_are_drawn_again_in_place(stage: Stage) -> None:
    agent = await stage.person()
    tab = await stage.tab(agent)
    shown, drawn = await tab.ask(QUESTION)
    answer = Step(shown["id"], StepKind.ANSWER, "", {"status": "verified"})
    await live.redraw(agent.id, shown["threadId"], answer, Standing(ticket=4, ticket_state="answered"))
    again = await tab.hear("element")
    assert again["id"] == drawn["id"]
    assert (again["props"]["ticket"], again["props"]["ticketState"]) == (4, "answered")
    question = Step("q", StepKind.QUESTION, QUESTION)
    await live.redraw(agent.id, shown["threadId"], question, Standing())
    assert await said(tab) == []


async def test_news_is_announced_in_the_other_tabs_of_the_same_person(stage: Stage) -> None:
    agent = await stage.person()
    here, elsewhere, stranger = (
        await stage.tab(agent),
        await stage.tab(agent),
        await stage.tab(await stage.person()),
    )
    shown, _ = await here.ask(QUESTION)
    await live.announce(agent.id, shown["threadId"], "Un référent a répondu.")
    assert await elsewhere.hear("toast") == {"message": "Un référent a répondu.", "type": "info"}
    assert [await said(tab) for tab in (here, stranger)] == [[], []]


async def test_a_tab_that_was_closed_counts_no_more(stage: Stage) -> None:
    agent = await stage.person()
    before = live.open_pages()
    tab = await stage.tab(agent)
    shown, _ = await tab.ask(QUESTION)
    other = await stage.tab(agent)
    assert (live.open_pages(), len(list(live.connected(agent.id)))) == (before + 2, 2)
    await tab.vanish()  # without a word: Chainlit keeps its session for some minutes
    await other.ask(QUESTION)
    assert (live.open_pages(), len(list(live.connected(agent.id)))) == (before + 1, 1)
    assert await live.show(agent, shown["threadId"], Step("n", StepKind.NOTICE, "Transmise.")) is False
