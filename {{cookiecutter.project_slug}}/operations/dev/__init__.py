"""What `manage.py dev` does: everything on one machine, from one terminal, until Ctrl-C.

Reading order: runner, child, readiness, code, console.
"""
