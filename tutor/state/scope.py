"""Which course a statement is about: every one on a course's table says so, or says that it is about all of them."""

# Given as execution_options where a statement is meant to reach into every course: work queues, retention, one person's
# data, checks. A test refuses every other statement without a course_id, and Citus would send it to every shard.
ACROSS_COURSES = {"across_courses": True}
