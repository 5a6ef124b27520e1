"""The one route of the plain Django view."""

from django.urls import path

from benchmarks._served import plain_view

urlpatterns = [path("django", plain_view)]
