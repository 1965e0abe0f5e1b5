"""Addresses of papers and printouts. Records go by UUID, and the name of a file never stands in one."""

from django.urls import path

from romsai.papers import views

app_name = "papers"
urlpatterns = [
    path("<uuid:case>/add/", views.Add.as_view(), name="add"),
    path("<uuid:case>/print/", views.Prints.as_view(), name="prints"),
    path("<uuid:case>/print/summary/", views.PrintSummary.as_view(), name="print_summary"),
    path("<uuid:case>/print/referral/", views.PrintReferral.as_view(), name="print_referral"),
    path("<uuid:case>/print/consent/", views.PrintConsent.as_view(), name="print_consent"),
    path("<uuid:case>/print/child/", views.PrintChild.as_view(), name="print_child"),
    path("<uuid:case>/print/card/", views.PrintCard.as_view(), name="print_card"),
    path("paper/<uuid:paper>/", views.PaperPage.as_view(), name="paper"),
    path("paper/<uuid:paper>/file/", views.Fetch.as_view(), name="file"),
    path("paper/<uuid:paper>/original/", views.Fetch.as_view(is_original=True), name="original"),
    path("paper/<uuid:paper>/withdraw/", views.Withdraw.as_view(), name="withdraw"),
    path("printed/<uuid:printout>/", views.PrintoutPage.as_view(), name="printout"),
    path("printed/<uuid:printout>/pdf/", views.FetchPrintout.as_view(), name="pdf"),
]
