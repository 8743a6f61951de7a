"""Submissions bring tests and settings of their own, which are not for us to run."""

collect_ignore = ["submissions"]
