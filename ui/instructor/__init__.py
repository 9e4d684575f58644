"""The instructor's pages: course files, what was asked, how answers came about, and how to correct them."""
