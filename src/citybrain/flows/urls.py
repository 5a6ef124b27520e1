"""Pages of packs and runs."""

from django.urls import URLPattern, path

from citybrain.flows.views import editor, packs, runs

urlpatterns: list[URLPattern] = [
    path("scenarios", packs.index, name="scenarios"),
    path("scenarios/import", packs.upload, name="scenario-import"),
    path("scenarios/<slug:ref>", packs.show, name="scenario"),
    path("scenarios/<slug:ref>/pack.zip", packs.download, name="scenario-download"),
    path("scenarios/<slug:ref>/activate", packs.activate, name="scenario-activate"),
    path("scenarios/<slug:ref>/stop", packs.stop, name="scenario-stop"),
    path("scenarios/<slug:ref>/resources/<slug:name>", packs.bind, name="scenario-bind"),
    path("scenarios/<slug:ref>/tables/<slug:table>.dmn", packs.dmn, name="scenario-dmn"),
    path("scenarios/<slug:ref>/tables/<slug:table>/edit", editor.edit_table, name="table-edit"),
    path("scenarios/<slug:ref>/texts/edit", editor.edit_texts, name="texts-edit"),
    path("runs", runs.index, name="runs"),
    path("runs/new/<slug:code>", runs.start, name="run-start"),
    path("runs/<slug:ref>", runs.show, name="run"),
    path("runs/<slug:ref>/answer", runs.answer, name="run-answer"),
    path("runs/<slug:ref>/decide", runs.decide, name="run-decide"),
    path("runs/<slug:ref>/event", runs.event, name="run-event"),
    path("runs/<slug:ref>/cancel", runs.cancel, name="run-cancel"),
    path("runs/<slug:ref>/retry", runs.retry, name="run-retry"),
]
