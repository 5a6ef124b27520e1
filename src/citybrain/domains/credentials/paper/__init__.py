"""paper of the licences."""
