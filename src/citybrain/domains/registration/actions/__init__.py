"""Writes of the registration."""
