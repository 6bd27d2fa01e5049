"""Classification schemes as data: which grades there are, their keys, what they are on the wire, how they are printed.

`book.in_use()` gives the schemes that this hotline grades by, `read.scheme(text)` reads one from a file, and
`maps.mapped(...)` says what a grade becomes in another scheme, or why nothing follows.

>>> from nightlight.casebook.schemes import shipped
>>> shipped.scheme("UK").printed("A")
'UK: Category A'
"""
