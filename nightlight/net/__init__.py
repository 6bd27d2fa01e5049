"""Web addresses made canonical, the guarded fetcher, and reading what came back. Usable on its own.

The three names used most: ``canonical`` (and ``find`` for free text) in :mod:`nightlight.net.address`,
``Fetcher`` in :mod:`nightlight.net.fetch`, and ``read`` in :mod:`nightlight.net.page`.

>>> from nightlight.net.address import canonical, defang
>>> address = canonical("hxxp://Quick[.]example:80/%7Ea/../b?x=1#top")
>>> address.url
'http://quick.example/b?x=1'
>>> defang(address.url)
'hxxp://quick[.]example/b?x=1'
"""
