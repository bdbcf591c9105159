"""`manage.py doctor`: what the live servers say, and what is to be done about it.

The system checks look at settings; the doctor tells their errors, and asks whoever runs. Each
module knows one subject and has a QUESTION about it; DOCTOR_QUESTIONS of the settings lists them in
the order of the answers.
"""
