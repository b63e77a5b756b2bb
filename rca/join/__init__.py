"""Tests ↔ logs: which log entries a test caused, and which tests show no sign of having reached the system."""

from rca.join.authenticity import authenticity
from rca.join.link import link

__all__ = ["authenticity", "link"]
