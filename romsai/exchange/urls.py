from django.urls import path

from romsai.exchange.views import exports, imports

app_name = "exchange"
urlpatterns = [
    path("in/", imports.Imports.as_view(), name="imports"),
    path("in/<slug:what>/new/", imports.Upload.as_view(), name="upload"),
    path("in/<uuid:uuid>/", imports.ImportPage.as_view(), name="import"),
    path("in/<uuid:uuid>/columns/", imports.Columns.as_view(), name="columns"),
    path("in/<uuid:uuid>/read-again/", imports.ReadAgain.as_view(), name="read_again"),
    path("in/<uuid:uuid>/start/", imports.Start.as_view(), name="start"),
    path("in/<uuid:uuid>/stop/", imports.Stop.as_view(), name="stop"),
    path("in/<uuid:uuid>/undo/", imports.Undo.as_view(), name="undo"),
    path("in/<uuid:uuid>/discard/", imports.Discard.as_view(), name="discard"),
    path("in/<uuid:uuid>/to-mend/<slug:written>/", imports.ToMend.as_view(), name="to_mend"),
    path("out/", exports.Exports.as_view(), name="exports"),
    path("out/new/", exports.NewExport.as_view(), name="new_export"),
    path("out/<uuid:uuid>/", exports.ExportPage.as_view(), name="export"),
    path("out/<uuid:uuid>/file/", exports.Fetch.as_view(), name="fetch_export"),
    path("out/<uuid:uuid>/delete/", exports.Discard.as_view(), name="discard_export"),
    path("overlaps/", imports.Overlaps.as_view(), name="overlaps"),
    path("lists/<uuid:listing>/", imports.ListingPage.as_view(), name="listing"),
]
