"""What happens to work when things go wrong: real servers and workers, broken on purpose.

Not part of the ordinary test run, because it takes minutes: `pytest tests/faults`. FAULT_SCALE=10
makes ten times as much work and ten times as many faults; FAULT_REPORT names a file to which each
test adds a line of JSON with what it counted.

Reading order: load, for what is counted and how it is judged; kinds, for the work; site, for the
processes; then the tests.
"""
