"""Certificates: their content, their picture, their proof."""
