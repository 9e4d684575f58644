"""The tutor beside the toolkits that people would otherwise glue together, doing the same work on the same texts."""
