from collections.abc import Callable

from assistant.domain import Document

Read = Callable[[bytes | str, str], Document]

PAGE = """<!doctype html><html lang="fr"><head><title>Charte | Mairie</title><style>p{}</style></head><body>
<header><h1>Ville</h1><nav><a href="/">Accueil</a></nav></header>
<div role="navigation">Fil d’Ariane</div>
<main><article><header><h1>Charte de l’IA</h1><p>Publié hier</p></header>
<p>Les agents <em>relisent</em>
 tout.<br>Toujours.</p>
<h2 id="donnees">Données</h2>
<ul><li>publiques</li><li><p>internes</p><p>avec accord</p></li></ul>
<ol start="3"><li>trois</li><li>quatre</li></ol>
<ol type="a"><li>premier</li></ol>
<table><thead><tr><th>Outil</th><th>Avis</th></tr></thead>
<tbody><tr><td>A</td><td>oui</td></tr><tr><td>B</td><td>non</td></tr></tbody></table>
<form><label>Recherche</label><input></form><aside>Voir aussi</aside><p hidden>caché</p>
<!-- commentaire --></article></main>
<footer>Mentions légales</footer><script>alert(1)</script></body></html>"""


def test_content_without_navigation(read: Read) -> None:
    document = read(PAGE, "charte.html")
    assert document.text.split("\n") == [
        "Charte de l’IA",
        "Publié hier",
        "Les agents relisent tout.",
        "Toujours.",
        "",
        "Données",
        "– publiques",
        "– internes",
        "avec accord",
        "3. trois",
        "4. quatre",
        "a) premier",
        "Outil : A ; Avis : oui",
        "Outil : B ; Avis : non",
    ]
    assert document.info.title == "Charte de l’IA"
    assert document.sections[1].anchor == "donnees"
    assert document.sections[1].trail == ("Charte de l’IA", "Données")


def test_title_serves_when_there_is_no_heading(read: Read) -> None:
    document = read("<title> Note\n de service </title><body><p>Du texte.</p></body>", "n.htm")
    assert document.info.title == "Note de service"
    assert document.text == "Du texte."


def test_declared_charset(read: Read) -> None:
    page = '<meta charset="iso-8859-1"><p>À l\'été, délai réduit.</p>'.encode("latin-1")
    assert read(page, "a.html").text == "À l'été, délai réduit."


def test_a_form_around_the_whole_page_is_kept(read: Read) -> None:
    page = "<body><form><h1>Titre</h1><p>Du contenu.</p><input value='x'><button>Ok</button></form></body>"
    assert read(page, "a.html").text == "Titre\nDu contenu."


def test_absurd_nesting_is_read(read: Read) -> None:
    assert read("<div>" * 3000 + "Au fond." + "</div>" * 3000, "a.html").text == "Au fond."
