"""Who may do what: keys for machines, accounts and sessions for people, roles and permissions."""
