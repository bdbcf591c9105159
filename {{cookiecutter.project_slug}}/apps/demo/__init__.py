"""A lively job board to look at and to try things on: `manage.py load_demo`.

Reading order: board, people, postings, resumes, applications, activity. Nobody imports this app, so
whoever needs no demo deletes it.
"""
