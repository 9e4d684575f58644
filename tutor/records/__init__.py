"""What is remembered of asking, and what instructors make of it: receipts, verified answers, gaps, coverage, checks."""
