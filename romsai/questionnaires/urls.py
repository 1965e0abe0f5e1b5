from django.urls import path

from . import views

app_name = "questionnaires"
urlpatterns = [
    path("", views.Forms.as_view(), name="forms"),
    path("upload/", views.Upload.as_view(), name="upload"),
    path("<str:code>/<int:number>/", views.Version.as_view(), name="version"),
    path("<str:code>/<int:number>/publish/", views.Publish.as_view(), name="publish"),
    path("<str:code>/<int:number>/retire/", views.Retire.as_view(), name="retire"),
    path("<str:code>/<int:number>/discard/", views.Discard.as_view(), name="discard"),
    path("<str:code>/<int:number>/workbook/", views.Workbook.as_view(), name="workbook"),
    path("<str:code>/<int:number>/try/", views.Try.as_view(), name="try"),
]
