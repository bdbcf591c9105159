"""Money: what employers pay for featured postings, and what the site owes and pays out."""
