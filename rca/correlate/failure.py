"""The class of a failure, which decides how fast a bad change shows and which kinds of change and file fit it."""

import re
from dataclasses import dataclass

from rca.model import Change, Occurring, Rule

HEAD = 600  # characters of a message that tell its class

_CLASSES: tuple[tuple[str, re.Pattern[str]], ...] = (
    # exhaustion builds up; it outranks the rest because its messages also speak of connections
    ("slow", re.compile(
        r"memoryerror|out of memory|oom[- ]?kill|memory limit|heap (?:space|out of)|queuepool|pool (?:limit|exhausted|timeout)"
        r"|pool is (?:full|exhausted)|too many (?:open files|connections|clients)|connection slots|no space left|enospc|emfile"
        r"|disk (?:full|quota)|quota exceeded|resource ?exhausted|file descriptors?", re.IGNORECASE)),
    ("config", re.compile(
        r"unauthori[sz]ed|forbidden|permission ?denied|access denied|invalid (?:api |e2e )?(?:key|token|signature|credentials?|secret)"
        r"|signature (?:verification|mismatch|does not match)|invalidsignature|decodeerror|jwt|secret|password authentication"
        r"|environment variable|not configured|missing (?:setting|configuration)|\b40[13]\b", re.IGNORECASE)),
    ("environment", re.compile(
        r"connection ?(?:refused|reset|aborted|error|timed out|closed)|connect(?:ion)? ?time(?:d )?out|econn[a-z]{3,9}|gaierror"
        r"|name or service not known|name resolution|enotfound|nxdomain|\bdns\b|\btls\b|\bssl|certificate|handshake"
        r"|no route to host|network is unreachable|could not connect|server closed the connection|unavailable", re.IGNORECASE)),
    ("image", re.compile(
        r"modulenotfound|no module named|cannot find module|classnotfound|noclassdeffound|no such file or directory|cannot open shared object",
        re.IGNORECASE)),
    ("schema", re.compile(
        r"(?:unknown|undefined|no such|missing) column|column \S{1,80} does not exist|(?:no such|undefined|unknown) table|relation \S{1,80} does not exist"
        r"|default value|doesn't exist|integrityerror|not[- ]null constraint", re.IGNORECASE)),
    ("code", re.compile(
        r"keyerror|attributeerror|typeerror|importerror|nameerror|unboundlocal|indexerror|recursionerror|syntaxerror|valueerror|zerodivision"
        r"|argumenterror|notimplemented|validationerror|cannot import name|has no attribute|is not (?:a function|defined)|undefined|nullpointer|nil pointer|referenceerror|classcast",
        re.IGNORECASE)),
)  # fmt: skip

_BY_RULE = {
    "imports": "image",
    "image": "image",
    "dependency": "image",
    "schema": "schema",
    "config": "config",
    "secrets": "config",
    "load": "slow",
    "endpoint": "code",
    "client": "code",
}

_DEPLOYS = frozenset({"deploy", "dependency", "commit"})
_FIT: dict[tuple[str, bool], float] = {
    # (class, brings code): how much likelier this class is under such a change than under none
    ("environment", True): 0.35,
    ("code", True): 1.4,
    ("image", True): 1.4,
    ("schema", True): 1.2,
    ("code", False): 0.7,
    ("image", False): 0.5,
    ("config", False): 1.6,
}
_MIGRATION_FIT = {"schema": 2.0, "environment": 0.35}


@dataclass(frozen=True, slots=True)
class Failure:
    """Class of an issue, whether it builds up slowly, and the globs of files its rule suspects."""

    kind: str  # slow | config | environment | image | schema | code | other
    slow: bool
    globs: tuple[str, ...]
    rule: str | None
    raised: bool  # there is a stack: where it is logged, it was raised, not passed on

    def fit(self, change: Change) -> float:
        """Likelihood ratio of this class under such a change."""
        if change.kind == "migration":
            return _MIGRATION_FIT.get(self.kind, 1.0)
        return _FIT.get((self.kind, brings_code(change)), 1.0)

    def shared(self, change: Change) -> bool:
        """Whether change and failure are both of settings, which services share without calling each other."""
        return self.kind == "config" and not brings_code(change)


def brings_code(change: Change) -> bool:
    """A deploy of the commit or image that ran before it brings settings only."""
    same = change.commit is not None and change.commit == change.previous_commit
    return change.kind in _DEPLOYS and not same


def failure(issue: Occurring, rule: Rule | None) -> Failure:
    """From the rule's declared suspect where there is one, else from type and message."""
    text = "\n".join(
        part[:HEAD]
        for part in (
            issue.issue.exception_type or "",
            issue.signature.exception_message,
            issue.issue.title,
            issue.signature.template,
        )
        if part
    )
    named = next((kind for kind, pattern in _CLASSES if pattern.search(text)), "other")
    declared = next((_BY_RULE[word] for word in rule.explain.suspect if word in _BY_RULE), None) if rule else None
    return Failure(
        kind=declared or named,
        slow="slow" in {declared, named},
        globs=rule.explain.files if rule else (),
        rule=rule.id if rule else None,
        raised=bool(issue.signature.frames),
    )
