"""Cause: the evidence graph, its roots, and the five whys; the only door to networkx."""

from rca.cause.explain import explain
from rca.cause.lint import lint

__all__ = ["explain", "lint"]
