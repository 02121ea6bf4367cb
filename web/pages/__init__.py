"""The pages of the managers' workspace; `table` lists them."""
