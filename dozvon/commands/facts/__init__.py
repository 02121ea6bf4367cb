"""Where commands know things from: the database, the office, times as people write them."""
