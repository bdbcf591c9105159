"""Beat, which starts what is scheduled: no tick twice, and a second Beat standing by.

Reading order: occurrences, for when a schedule ticks; scheduler, for who sends a tick; then the
scheduler that this project runs, with its schedule in the code or in the database.
"""
