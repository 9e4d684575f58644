"""From what a learner typed to a self-contained query: deterministic, one small step per module, nothing retrieved."""
