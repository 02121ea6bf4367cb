"""A scenario asks over HTTP and gets an answer: the neutral contract for any switch."""
