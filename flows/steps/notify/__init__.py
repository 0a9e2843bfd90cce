"""Tell people what is new: messages, the outbox, and sending them."""
