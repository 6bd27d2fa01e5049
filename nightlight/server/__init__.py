"""The Django project: settings, page addresses, base templates, styles."""
