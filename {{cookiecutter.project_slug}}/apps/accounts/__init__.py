"""Who uses the site: users, their roles, login, and the mails about it."""
