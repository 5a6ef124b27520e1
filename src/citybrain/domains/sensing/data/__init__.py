"""Real shapes that ship with the platform, and how they were derived (see README.md)."""
