"""Question sets, runs and scores: what course-tutor eval and bench measure."""
