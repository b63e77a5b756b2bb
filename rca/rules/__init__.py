"""Rules: Signature → Finding. A rule is a TOML file that recognises one known failure and proves that it does."""

from rca.rules.checks import Complaint
from rca.rules.classify import candidates, classify
from rca.rules.crossing import cross
from rca.rules.describe import describe
from rca.rules.load import builtin, load
from rca.rules.order import clauses, overridden
from rca.rules.skeleton import skeleton
from rca.rules.told import Text, value_shape

__all__ = [
    "Complaint",
    "Text",
    "builtin",
    "candidates",
    "classify",
    "clauses",
    "cross",
    "describe",
    "load",
    "overridden",
    "skeleton",
    "value_shape",
]
