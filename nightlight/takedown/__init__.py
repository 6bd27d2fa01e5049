"""Getting a page taken down: who hosts it, whom to tell, one notice that leaves once, and looks until it is gone.

The three names used most: `verbs.queue_notice(case_id)` (tells whomever the routes name), `watch.schedule(case)` (looks
on until the page is gone) and `answers.answer(notice_id, what)` (what a provider says).

>>> from nightlight.takedown.contacts import is_mail_address
>>> is_mail_address("abuse@host.example"), is_mail_address("REDACTED FOR PRIVACY")
(True, False)
"""
