"""The languages of the house: which there are, what of them may be shown, and the catalogues behind them.

`tongues.served(language, part, rehearsal)` answers what a page asks: may it speak this language here? `gather.texts()`
reads every text out of the code, the templates and the data files, and `catalogue` reads and writes `.po` and `.mo`.
`python -m nightlight.server.speech` brings every catalogue up to date; `... digest de young` prints what a reviewer
signs in `languages.toml`.

    >>> from nightlight.server.speech import tongues
    >>> tongues.served("en", "young", rehearsal=False)
    True
"""
