"""The lists as files that leave the platform."""
