"""Quality of tables: profile, score, sensitive fields, masked preview, checks."""
