"""Pages of the registration: the console's and the public ones."""
