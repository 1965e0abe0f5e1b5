from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class CoreConfig(AppConfig):
    name = "romsai.core"
    label = "core"

    def ready(self):
        from romsai.core import plans
        from romsai.core.access import migrating

        plans.register()
        pre_migrate.connect(migrating.step_out, sender=self)
        post_migrate.connect(migrating.step_in, sender=self)
