"""Measurements, always side by side with what one would use instead; run them with ``python -m benchmarks``."""
