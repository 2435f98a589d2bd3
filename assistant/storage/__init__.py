"""What is kept: one database for accounts, history, tickets, texts and audit."""
