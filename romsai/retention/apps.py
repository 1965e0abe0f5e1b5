from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "romsai.retention"
    label = "retention"

    def ready(self):
        # They register themselves: the panel on the case page, words for what was done, what a second person reads, the jobs.
        from romsai.retention import actions, panels, proposals, tasks  # noqa: F401
