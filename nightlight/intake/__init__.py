"""The public door: the form, the API, receipts and the young person's path."""
