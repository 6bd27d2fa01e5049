"""Another process of the same hotline: answers each line of PDQ hashes with what it finds, as JSON.

Run by `test_every_process.py` with the settings of the product and the database of the tests.
"""

import json
import sys

if __name__ == "__main__":
    import django

    django.setup()
    from nightlight.casebook import nearby

    for line in sys.stdin:
        print(json.dumps(nearby.near_codes(line.split())), flush=True)  # noqa: T201
