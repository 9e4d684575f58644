"""What an operator can see of a running service: numbers, ids that tie log lines together, traces. Never any words."""
