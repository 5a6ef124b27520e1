"""views of the licences."""
