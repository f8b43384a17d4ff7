"""Grading a class: what is still to be done, many graders side by side, and what came of it, kept as it comes."""
