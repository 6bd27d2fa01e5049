"""The records of referral."""
