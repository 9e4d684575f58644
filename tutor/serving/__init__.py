"""How the service runs: one process, or several on one port under a supervisor that starts, watches and renews them."""
