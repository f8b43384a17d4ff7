"""Submissions that are too alike to be chance, with the passages that stand in both."""
