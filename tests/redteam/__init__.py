"""Hostile and broken submissions, and the runner that puts them through the real command."""
