"""Signing in: passwords, sessions, invitations, tokens, and the people who have them."""
