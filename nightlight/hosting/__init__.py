"""Who hosts a site, in which country, and whom to write to: DNS and RDAP. No Django; usable on its own.

The three names used most: ``trace`` in :mod:`nightlight.hosting.trace`, ``Rdap`` in
:mod:`nightlight.hosting.rdap` and ``Bootstrap`` in :mod:`nightlight.hosting.bootstrap`.

>>> from nightlight.hosting.bootstrap import Bootstrap
>>> registries = {"ipv4": {"services": [[["192.0.2.0/24"], ["http://rdap.example/v1"]]]}}
>>> Bootstrap.of(registries).for_ip("192.0.2.7")
('http://rdap.example/v1/',)
"""
