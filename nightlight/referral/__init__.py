"""Police and child protection: packages and outcomes."""
