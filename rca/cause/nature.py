"""Nature: what kind of thing an issue is before any evidence of others, and how likely that kind is a root."""

import re
from dataclasses import dataclass

from rca.model import Occurring

_ASSERTIONS = frozenset({
    "AssertionError", "AssertionFailedError", "ComparisonFailure", "ExpectationFailed", "Failed", "MultipleFailuresError",
    "JestAssertionError", "AssertError", "XUnitException", "EqualException", "TrueException",
})  # fmt: skip
_SYMPTOM_TYPES = frozenset({
    "ConnectionClosed", "ConnectionClosedError", "ConnectionClosedOK", "ConnectionResetError", "ConnectionRefusedError",
    "ConnectionAbortedError", "BrokenPipeError", "IncompleteReadError", "EOFError", "TimeoutError", "TimeoutException",
    "ReadTimeout", "ConnectTimeout", "WriteTimeout", "PoolTimeout", "ConnectError", "ReadError", "RemoteProtocolError",
    "InvalidStatus", "InvalidStatusCode", "InvalidHandshake", "InvalidMessage", "HTTPError", "HTTPStatusError",
    "ClientResponseError", "ServerDisconnectedError", "WebSocketException", "SocketTimeoutException", "DeadlineExceeded",
})  # fmt: skip
_RELAY_TEXT = re.compile(
    r"\bHTTP/\d(?:\.\d)?\"? 5\d\d\b|\b(?:502|503|504)\b|\bbad gateway\b|\bservice unavailable\b|\bgateway time-?out\b|\bupstream\b"
    r"|\b(?:status|code|answered|returned|responded with|got)\b[^\n]{0,12} 5\d\d\b|\bdeadline exceeded\b|\brequest failed\b|\bmalformed or connection to the instance\b",
    re.IGNORECASE,
)
_ENDS = (
    r"\bcalled exit\(|\bexit(?:ed)? (?:with )?(?:status|code)\b|\bnon-zero (?:status|exit|code)\b|\bprobe failed\b"
    r"|\bfailed to boot\b|\bfailed to start\b|\bstartup failed\b|\bshutting down\b|\bterminated\b|\bcrash ?loop"
    r"|\bmalformed or connection to the instance\b"
)
_END_TEXT = re.compile(_ENDS, re.IGNORECASE)
_SYMPTOM_TEXT = re.compile(
    _ENDS + r"|\breceived 1(?:011|006|008)\b|\bclosed? (?:code )?1(?:011|006|008)\b|\btimed out\b",
    re.IGNORECASE,
)
_CONNECT_TEXT = re.compile(
    r"\bconnect(?:ion)? (?:call )?(?:failed|refused|to)\b|\bcould not connect\b|\bcannot connect\b|\bunreachable\b|\bgetaddrinfo\b"
    r"|\bname or service not known\b|\bserver closed the connection\b|\bECONNREFUSED\b|\bENOTFOUND\b|\bno route to host\b",
    re.IGNORECASE,
)
_TEST_FILE = re.compile(
    r"(?:^|/)(?:tests?|e2e|specs?|__tests__)/|(?:^|/)(?:test_|conftest)|(?:_test|_spec|\.test|\.spec)\."
    r"|(?:Tests?|TestCase|IT|Spec|Should)\.(?:java|kt|kts|scala|groovy|cs|fs|vb|php|swift)$|/Test[A-Z][^/]*\.(?:java|kt|cs|php)$"
)
_TEXT_READ = 600  # characters of an exemplar that decide its nature; the head of a message says what it is


@dataclass(frozen=True, slots=True)
class Nature:
    """`prior` is the weight of the edge ROOT -> issue; `reach` damps symmetric evidence when the issue is the cause."""

    kind: str  # mechanism | exception | dependency | error | relay | symptom | assertion | quiet | noise
    prior: float
    reach: float
    test_side: bool = False
    ends: bool = False  # says that a process ended or did not answer any more

    @property
    def deep(self) -> bool:
        """May it be called a cause? Symptoms and relays are never roots while something deeper is known."""
        return self.kind in {"mechanism", "exception", "dependency", "error"}

    @property
    def said(self) -> str:
        """The kind as a noun with its article."""
        return _SAID[self.kind]


_SAID: dict[str, str] = {
    "mechanism": "a known mechanism",
    "exception": "an exception",
    "dependency": "a lost connection",
    "error": "an error entry",
    "relay": "a relayed failure",
    "symptom": "a symptom",
    "assertion": "an assertion",
    "quiet": "a routine entry",
    "noise": "known noise",
}

# priors: assertion, close code .03, relay .08 and everything else .5 are the measured defaults of the arborescence;
# a rule that declares its mechanism a root is stronger than any co-occurrence (.9 same trace), weaker than a chain (.98).
_KINDS: dict[str, tuple[float, float]] = {
    "mechanism": (0.92, 1.0),
    "exception": (0.50, 1.0),
    "dependency": (0.30, 0.8),  # the service is not at fault, but nothing nearer to what is was logged
    "error": (0.30, 0.8),
    "relay": (0.08, 0.6),
    "symptom": (0.03, 0.3),
    "assertion": (0.03, 0.1),
    "quiet": (0.05, 0.3),
    "noise": (0.001, 0.0),
}
_BY_ROLE = {"root": "mechanism", "relay": "relay", "symptom": "symptom", "noise": "noise"}


def nature(each: Occurring) -> Nature:
    """From the rule's role where a rule matched, else from type, frames, status and the head of the text."""
    test_side = bool(each.occurrences) and all(occurrence.test for occurrence in each.occurrences)
    role = each.finding.role if each.finding else "unknown"
    kind = _BY_ROLE.get(role) or (_from_test(each) if test_side else _from_log(each))
    if kind == "relay" and each.issue.exception_type and not test_side and _CONNECT_TEXT.search(_text(each)):
        kind = "dependency"
    prior, reach = _KINDS[kind]
    ends = not test_side and (kind == "relay" or (kind == "symptom" and bool(_END_TEXT.search(_text(each)))))
    return Nature(kind, prior, reach, test_side, ends)


def in_test_file(path: str) -> bool:
    """Whether this is the path of a test, by the usual names of folders and files."""
    return bool(_TEST_FILE.search(path[-300:].replace("\\", "/")))


def _from_test(each: Occurring) -> str:
    name = (each.issue.exception_type or "").rpartition(".")[2]
    text = _text(each)
    if name in _ASSERTIONS or (not name and text.lstrip().startswith("assert ")):
        return "assertion"
    if name in _SYMPTOM_TYPES or _SYMPTOM_TEXT.search(text):
        return "symptom"
    own = [frame for frame in each.signature.frames if frame.own]
    # Raised in the code under test, inside the test's own process: the test side alone shows the mechanism.
    return "exception" if own and not in_test_file(own[-1].file) else "symptom"


def _from_log(each: Occurring) -> str:
    text = _text(each)
    statuses = {occurrence.status for occurrence in each.occurrences if occurrence.status}
    if each.issue.exception_type:
        name = each.issue.exception_type.rpartition(".")[2]
        return "symptom" if name in _SYMPTOM_TYPES and not each.signature.frames else "exception"
    if statuses and min(statuses) >= 500:
        return "relay"
    if statuses and min(statuses) >= 400:
        return "symptom"
    if _SYMPTOM_TEXT.search(text):
        return "symptom"
    if _RELAY_TEXT.search(text):
        return "relay"
    return "error" if each.failing and each.issue.severity != "WARNING" else "quiet"


def _text(each: Occurring) -> str:
    head = each.occurrences[0].text if each.occurrences else each.issue.template
    return "\n".join(part[:_TEXT_READ] for part in (each.signature.exception_message, head, each.issue.title) if part)
