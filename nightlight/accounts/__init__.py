"""People, roles, sign-in, tokens and the mandate.

The three names used most: `access.allow(Permission.X)` (every view names its permission), `mandate.require("notify")`
(nothing outward without the recorded right) and `tokens.Bearer("desk")` (who an API caller is).
"""
