"""The console's forms: they read what people enter; what is right the actions decide."""
