"""The built-in client base: in our own database, filled from CSV files."""
