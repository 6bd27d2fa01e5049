"""What Hypothesis is told of the machine and of our fixtures, once for all tests.

A test's own `suppress_health_check` takes the place of the profile's, so it names both.
"""

from hypothesis import HealthCheck

# How long examples take to draw says more about the machine than about the code.
ON_ANY_MACHINE = [HealthCheck.too_slow]
# The examples share one home or folder: each takes back what it wrote, or begins where the last one ended.
SHARED_FIXTURES = [*ON_ANY_MACHINE, HealthCheck.function_scoped_fixture]
