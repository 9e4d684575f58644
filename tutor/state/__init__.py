"""What must survive, in one SQL database and one folder of files: courses, people, questions, receipts, jobs."""
