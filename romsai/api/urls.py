"""Addresses of the administrators' pages; those of the machines themselves stand in operations.py."""

from django.urls import path

from romsai.api import views

app_name = "machines"
urlpatterns = [
    path("", views.Machines.as_view(), name="machines"),
    path("add/", views.AddMachine.as_view(), name="add"),
    path("webhooks/add/", views.AddWebhook.as_view(), name="add_webhook"),
    path("webhooks/<uuid:webhook>/", views.WebhookPage.as_view(), name="webhook"),
    path("webhooks/<uuid:webhook>/secret/", views.ShowSecret.as_view(), name="secret"),
    path("webhooks/<uuid:webhook>/stop/", views.StopWebhook.as_view(), name="stop_webhook"),
    path("deliveries/<uuid:delivery>/again/", views.SendAgain.as_view(), name="send_again"),
    path("<uuid:machine>/", views.Machine.as_view(), name="machine"),
    path("<uuid:machine>/token/", views.ShowToken.as_view(), name="token"),
    path("<uuid:machine>/revoke/", views.Revoke.as_view(), name="revoke"),
]
