"""After a search for duplicates the offices of each likely pair are asked, some at a time, so that alarms are never kept waiting."""

from procrastinate.contrib.django import app

from romsai.cases.elsewhere import actions, queries
from romsai.core import access, jobs


@app.task(name="cases.ask_elsewhere")
def ask(after=0):
    """Ask about the next pairs; asks for another turn while there are more."""
    with access.system(purpose=queries.PURPOSE):
        last = actions.ask_next(after)
        if last is not None:
            jobs.later(ask, once=f"ask-elsewhere-{last}", after=last)
