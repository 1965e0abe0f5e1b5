from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "romsai.exchange"
    label = "exchange"

    def ready(self):
        from romsai.core import uploads
        from romsai.exchange import overlaps, panels, registers, rules  # noqa: F401  register themselves
        from romsai.exchange.exports import actions  # noqa: F401  says what a second person reads
        from romsai.exchange.imports.tables import MOST_BYTES

        uploads.larger["/exchange/in/"] = MOST_BYTES
