"""Documents that leave the platform as files."""
