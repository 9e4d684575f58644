"""What a course knows, in files that other programs take: JSON, CSV, a Moodle glossary, an Anki deck."""
