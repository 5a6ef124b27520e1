"""The directory for everybody: plain pages without sign-in, and what search engines read."""
