"""`/api/v1`: for programs all that the pages do, by the same use cases and the same rights."""
