"""Police and child protection: packages, their answers, and police holds.

The three names used most: `verbs.prepare` (a referral for each authority concerned), `holds.place` and `holds.end`
(nothing is sent, checked or listed in between) and `verbs.record_outcome` (what came back).
"""
