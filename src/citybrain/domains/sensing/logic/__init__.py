"""Sensing's own logic as pure functions."""
