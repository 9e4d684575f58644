"""Is everything there, and is it what it was? What ``course-tutor doctor`` asks, and what it can mend."""
