"""The chat: Chainlit in our frame, its messages, and what its buttons do."""
