"""Rules for work that runs later: no business in here.

Work that somebody waits for is a row (models.Work); a message is only a nudge to look at it, which
may be lost or doubled. Reading order: models, decorators, lifecycle, dispatch, recovery; then
send_once, for what must reach somebody once.
"""
