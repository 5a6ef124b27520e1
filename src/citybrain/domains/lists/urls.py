"""Addresses of the three lists, the board, ratings, escalations, demands and the roadshow."""

from django.urls import URLPattern, path

from citybrain.domains.lists.views import (
    board,
    demand_acts,
    demands,
    escalations,
    lists,
    rating,
    roadshow,
)

urlpatterns: list[URLPattern] = [
    path("lists", lists.index, name="lists"),
    path("lists/resources", lists.show, {"name": "resources"}, name="lists-resources"),
    path("lists/requests", lists.show, {"name": "requests"}, name="lists-requests"),
    path("lists/issues", lists.show, {"name": "issues"}, name="lists-issues"),
    path("lists/<slug:name>/export.<slug:form>", lists.export, name="lists-export"),
    path("lists/board", board.show, name="lists-board"),
    path("lists/board/rates.json", board.chart, name="lists-board-chart"),
    path("lists/ratings", board.ratings, name="lists-ratings"),
    path("lists/rate/request/<slug:ref>", rating.rate_request, name="rate-request"),
    path("lists/rate/issue/<slug:ref>", rating.rate_issue, name="rate-issue"),
    path("lists/escalations", escalations.escalations, name="escalations"),
    path("lists/escalations/<slug:ref>", escalations.escalation, name="escalation"),
    path("demands", demands.index, name="demands"),
    path("demands/new", demands.file, name="demand-file"),
    path("demands/<slug:ref>", demands.show, name="demand"),
    path("demands/<slug:ref>/support", demand_acts.support, name="demand-support"),
    path("demands/<slug:ref>/assign", demand_acts.assign, name="demand-assign"),
    path("demands/<slug:ref>/refuse", demand_acts.refuse, name="demand-refuse"),
    path("demands/<slug:ref>/withdraw", demand_acts.withdraw, name="demand-withdraw"),
    path("demands/<slug:ref>/offer", demand_acts.offer, name="demand-offer"),
    path(
        "demands/<slug:ref>/matches/<slug:match>/<slug:verdict>",
        demand_acts.answer,
        name="match-answer",
    ),
    path("roadshow", roadshow.index, name="roadshow"),
    path("roadshow/<slug:ref>", roadshow.show, name="roadshow-page"),
    path("roadshow/<slug:ref>/uses.json", roadshow.chart, name="roadshow-chart"),
    path("roadshow/<slug:ref>/story", roadshow.write, name="story-write"),
    path("roadshow/<slug:ref>/<slug:act>", roadshow.press, name="story-press"),
]
