"""Findings → Issues: occurrences of logs and tests with one fingerprint, exact fingerprint first, nothing merged silently."""

from rca.issues.fold import Folded, fold
from rca.issues.subjects import Subject, subjects

__all__ = ["Folded", "Subject", "fold", "subjects"]
