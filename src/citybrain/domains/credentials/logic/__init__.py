"""logic of the licences."""
