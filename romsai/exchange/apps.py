from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "romsai.exchange"
    label = "exchange"

    def ready(self):
        from romsai.core import uploads
        from romsai.exchange import registers, rules  # noqa: F401  register themselves
        from romsai.exchange.imports.tables import MOST_BYTES

        uploads.larger["/exchange/in/"] = MOST_BYTES
