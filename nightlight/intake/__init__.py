"""The public door: the form, the API, receipts, and the pages for young people and parents.

The three names used most: `verbs.receive` (takes in a report and gives a receipt), `verbs.withdraw` (takes one back)
and `progress.progress` (where a report stands, told so that nobody can probe what we know).
"""
