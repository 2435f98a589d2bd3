"""Who may sign in: accounts, passwords, sessions and links that work once."""
