"""Delivery: the outbox's sender, and the transports that carry letters to people."""
