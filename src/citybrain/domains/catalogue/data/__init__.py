"""Real data that ship with the platform, and how they were derived (see README.md)."""
