import pytest

from assistant.evaluation.load import LoadPlan, LoadReport, run_load
from assistant.evaluation.report import LOAD_LABELS, load_json, load_table
from assistant.settings import Settings

QUESTIONS = (
    "Puis-je coller le courrier d’un habitant dans ChatGPT ?",
    "Qui rembourse l’abonnement à une IA que j’ai payé moi-même ?",
    "J’ai envoyé par erreur un fichier d’habitants à une IA, que faire ?",
)


@pytest.fixture(scope="module")
def report(built_settings: Settings) -> LoadReport:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPERE_CORPUS", str(built_settings.corpus))
        patch.setenv("REPERE_STORE", str(built_settings.store))
        # Would send the pages elsewhere, and hide the warnings of the server.
        patch.setenv("REPERE_PUBLIC_URL", "https://repere.invalid")
        patch.setenv("REPERE_LOG_LEVEL", "CRITICAL")
        return run_load(LoadPlan(agents=5, rate=2, seconds=3), QUESTIONS, lambda _: None)


@pytest.mark.slow
def test_nothing_is_lost(report: LoadReport):
    found = load_json(report)["load"]
    assert report.troubles == ()
    assert found["connected"] == found["agents"] == 5
    assert found["questions"] == found["answered"] == found["kept"] == 6
    assert found["tickets"] == found["tickets_shown"] > 0
    assert found["lost"] == found["troubles"] == found["errors"] == 0
    assert found["sign_in_p95_ms_of"] == found["connect_p95_ms_of"] == 5


@pytest.mark.slow
def test_what_is_measured_has_stable_keys_and_a_french_label(report: LoadReport):
    keys = {figure.key for figure in report.figures}
    assert keys - set(LOAD_LABELS) == {"machine.cores", "machine.load_before", "load.agents"}
    assert set(LOAD_LABELS) <= keys
    table = load_table(report)
    rows = dict(zip(table.columns[0].cells, table.columns[1].cells, strict=True))
    assert rows["Réponses perdues"] == "0"
    assert "5 agents" in str(table.title)
    assert all(report.value(key) is not None for key in keys)
