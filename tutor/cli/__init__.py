"""The course-tutor command: one module a subcommand."""
