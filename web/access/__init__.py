"""Who is signed in and what he may do: enforced here and nowhere else, refused by default."""
