"""Log lines as JSON, without anything a user typed: no arguments of requests, no locals, no record contents."""

import structlog


def formatter():
    """The formatter named in settings.LOGGING."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    )


def _without_values(logger, method, event):
    """An exception is logged by type and place only: its message may quote a row ("Key (number)=(…) already exists")."""
    info = event.pop("exc_info", None)
    if info:
        import sys
        import traceback

        kind, _error, trace = info if isinstance(info, tuple) else sys.exc_info()
        if kind:
            event["error"] = kind.__name__
            event["where"] = [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace)[-6:]]
    event.pop("positional_args", None)
    return event
