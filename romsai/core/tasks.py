"""Jobs whose worker was killed are done by somebody else, so that a letter that was promised is written; what was done long ago goes."""

from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Status

DEAD = 30  # seconds without a sign of life, of which a worker gives one every ten
KEPT = 14 * 24  # hours that a job which was done stays to be looked at
MOST = 5  # times that a job is begun; one that kills its worker each time is shown to the administrator as failed


@app.periodic(cron="* * * * *")
@app.task(name="core.take_up", queueing_lock="core.take_up", pass_context=True)
async def take_up(context, timestamp):
    """Every job may be begun twice, and does its work once: what it has committed it finds done."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD):
        try:
            if job.attempts + 1 >= MOST:
                await manager.finish_job(job, Status.FAILED, delete_job=False)
            else:
                await manager.retry_job(job)
        except exceptions.UniqueViolation:  # one with the same work waits already
            await manager.finish_job(job, Status.FAILED, delete_job=True)


@app.periodic(cron="25 2 * * *")
@app.task(name="core.tidy", queueing_lock="core.tidy", pass_context=True)
async def tidy(context, timestamp):
    """A queue that only grows takes ever longer to ask. What failed stays until somebody has looked at it."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEPT)
