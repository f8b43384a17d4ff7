"""Grading on many machines: a Celery queue on Redis, graders of a class that fill it, and workers that empty it."""
