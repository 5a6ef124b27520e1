"""The one route of the plain Django view."""

from benchmarks._served import plain_view
from django.urls import path

urlpatterns = [path("django", plain_view)]
