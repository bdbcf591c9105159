"""Rules for work that runs later: no business in here.

Work that somebody waits for is a row (models.Work); a message is only a nudge to look at it, which
may be lost or doubled. Reading order: models, decorators, lifecycle, dispatch, recovery; then
calls, for tasks that have no model, send_once, for what must reach somebody once, and database,
for when that is away. guards and checks refuse what would go wrong; beat starts what is scheduled.
"""
