"""What changes on pages while people look at them: state first, then changes."""
