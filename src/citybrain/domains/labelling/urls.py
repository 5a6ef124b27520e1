"""Addresses of datasets and labelling."""

from django.urls import URLPattern, path

from citybrain.domains.labelling.views import datasets, intake, projects, review, work

_ONE = "labelling/<slug:ref>"
urlpatterns: list[URLPattern] = [
    path("datasets", datasets.index, name="datasets"),
    path("datasets/<slug:ref>", datasets.show, name="resource-dataset"),
    path("datasets/<slug:ref>/card.md", datasets.card, name="dataset-card"),
    path("labelling", projects.index, name="labelling-projects"),
    path("labelling/new", projects.create, name="labelling-project-create"),
    path(_ONE, projects.show, name="labelling-project"),
    path(f"{_ONE}/guideline", projects.guideline, name="labelling-guideline"),
    path(f"{_ONE}/invitations", projects.invite, name="labelling-invite"),
    path(f"{_ONE}/invitations/<slug:party>/end", projects.uninvite, name="labelling-uninvite"),
    path(f"{_ONE}/finish", projects.finish, name="labelling-finish"),
    path(f"{_ONE}/reopen", projects.reopen, name="labelling-reopen"),
    path(f"{_ONE}/import", intake.take_in, name="labelling-import"),
    path(f"{_ONE}/export/<slug:form>", intake.export, name="labelling-export"),
    path(f"{_ONE}/release", intake.release, name="labelling-release"),
    path(f"{_ONE}/agreement", review.agreement, name="labelling-agreement"),
    path(f"{_ONE}/tasks", review.tasks, name="labelling-tasks"),
    path(f"{_ONE}/tasks/<slug:task>", review.task, name="labelling-task"),
    path(f"{_ONE}/annotate", work.show, name="labelling-work"),
    path(f"{_ONE}/annotate/next", work.following, name="labelling-next"),
    path(f"{_ONE}/annotate/submit", work.submit, name="labelling-submit"),
    path(f"{_ONE}/mine", work.mine, name="labelling-mine"),
    path(f"{_ONE}/mine/<slug:task>", work.own, name="labelling-own"),
    path(f"{_ONE}/pictures/<slug:sha256>", work.picture, name="labelling-picture"),
]
