"""Which change, if any, explains each issue: a posterior with explicit alternatives, and reasons for and against."""

from rca.correlate.correlation import correlate
from rca.correlate.flakes import Flake, flakes
from rca.correlate.flaky import History, history
from rca.correlate.topology import infer_topology

__all__ = ["Flake", "History", "correlate", "flakes", "history", "infer_topology"]
