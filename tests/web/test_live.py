from tests.web.stage import Stage


async def test_x(stage: Stage) -> None:
    agent = await stage.person()
    tab = await stage.tab(agent)
    print(tab.heard)
    shown, drawn = await tab.ask("Puis-je saisir des données personnelles ?")
    print(shown, str(drawn)[:300])
    print([n for n, _ in tab.heard])
    print(await tab.press("judge", step=shown["id"], value=1))
