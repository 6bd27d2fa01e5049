"""Benchmarks: each published figure beside its peer, taken in one run (`nightlight bench NAME`)."""
