"""actions of the licences."""
