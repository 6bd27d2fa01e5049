"""The small internet and the demonstration hotline: all that lies outside a hotline's machine, on loopback.

Drives the product only from outside (HTTP, mail, DNS, forms) and imports no other room. Most used:
`SmallInternet` (start, stop, `environment`), its `mail` (`mailbox`), and `pending_answers` with `give`.

>>> from nightlight.demo.atlas import load_world
>>> world = load_world()
>>> world.host_of(world.sites["quietrack.test"]).name
'Tulip Racks'
"""

from nightlight.demo.internet import SmallInternet

__all__ = ["SmallInternet"]
