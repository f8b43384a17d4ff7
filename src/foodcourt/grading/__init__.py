"""Grades submissions: runs checkers in a child pytest and turns what they observe into verdicts."""
