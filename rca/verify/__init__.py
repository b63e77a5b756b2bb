"""Did the fix hold: each known issue before and after a change."""

from rca.verify.judge import judge

__all__ = ["judge"]
