"""Keeps: numbers that name a kind of failure, and names with a digit; they survive masking."""

from dataclasses import dataclass

HTTP_METHODS = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE"
_NOUNS = r"status(?:[ _-]?code)?|err(?:or)?(?:[ _-]?code|no)|(?:exit|close|return|response|reason|result)[ _-]?(?:code|status|value)|exit(?:ed)?(?: with(?: code| status)?)?|closed with(?: code)?|code|signal|sqlstate|winerror|ora|http"


@dataclass(frozen=True, slots=True)
class Keep:
    """A number that names a kind of failure. `raw` finds it in the text, `trace` where pass 1 has already masked it."""

    name: str
    raw: str
    trace: str
    why: str


KEEPS = (
    Keep(
        "code",
        rf"""\b(?i:{_NOUNS})["']?(?:\s?[=:(\[#]\s?|\s|-)["']?-?[0-9]{{1,5}}(?:[^\w.]|\.(?:\s|$)|$)""",
        rf"""\b(?i:{_NOUNS})["']?(?:\s?[=:(\[#]\s?|\s|-)["']?<\*>|\bORA-""",
        "status, errno, exit code, close code, signal, SQLSTATE: another number is another failure",
    ),
    Keep(
        "access line",
        rf"""\b(?:{HTTP_METHODS}) (?:https?:/)?/[^\s"']*(?: HTTP/[0-9.]{{1,3}}["']? [1-5][0-9][0-9]\b)?""",
        rf"\b(?:{HTTP_METHODS}) (?:<\*>|https?:|/)",
        "a request is told apart by its status and its route; pass 2 masks the variable segments",
    ),
    Keep(
        "asserted status",
        r"\bassert [1-5][0-9][0-9] (?:==|!=|in) [\[(]?[1-5][0-9][0-9]\b|[a-z]: [45][0-9][0-9] - ",
        r"\bassert <\*> |[a-z]: <\*> - ",
        "a test that wanted 200 and got 401 is not one that got 503",
    ),
    Keep(
        "reason phrase",
        r"\b[1-5][0-9][0-9] (?:OK|Created|Accepted|No Content|Moved|Found|Not Modified|Bad Request|Unauthorized|Payment Required|Forbidden|Not Found|Method Not Allowed|Not Acceptable|Request Timeout|Conflict|Gone|Payload Too Large|Unsupported Media|Unprocessable|Too Many Requests|Internal Server Error|Not Implemented|Bad Gateway|Service Unavailable|Gateway Time)",
        r"<\*> (?:OK|Created|Accepted|No Content|Moved|Found|Not Modified|Bad Request|Unauthorized|Payment Required|Forbidden|Not Found|Method Not Allowed|Not Acceptable|Request Timeout|Conflict|Gone|Payload Too Large|Unsupported Media|Unprocessable|Too Many Requests|Internal Server Error|Not Implemented|Bad Gateway|Service Unavailable|Gateway Time)",
        "401 Unauthorized and 503 Service Unavailable are different failures",
    ),
    Keep(
        "database state",
        r"\b(?i:sqlstate)[\"']?(?:\s?[=:(\[]\s?|\s)[\"']?[0-9A-Z]{5}\b",
        r"\b(?i:sqlstate)[\"']?(?:\s?[=:(\[]\s?|\s)[\"']?<\*>",
        "five characters of which some are letters: 42P01 (no table) is not 42703 (no column)",
    ),
    Keep(
        "curl",
        r"\bcurl: \([0-9]{1,2}\)",
        r"\bcurl: \(<\*>\)",
        "7 is refused, 28 is timed out",
    ),
    Keep(
        "zero",
        r"\b0 (?i:errors?|failures?|failed|exceptions?|timeouts?)\b|(?i:errors?|failures?|failed|exceptions?|timeouts?)[\"']?[=:] ?0\b",
        r"<\*> (?i:errors?|failures?|failed|exceptions?|timeouts?)\b|(?i:errors?|failures?|failed|exceptions?|timeouts?)[\"']?[=:] ?<\*>",
        "0 errors is no failure, 5 errors is one",
    ),
    Keep(
        "close code",
        r"\b[14][0-9]{3} \((?i:ok|going away|protocol error|unsupported data|no status|abnormal closure|invalid|policy violation|message too big|mandatory|internal error|service restart|try again|bad gateway|tls|private use|registered)",
        r"<\*> \((?i:ok|going away|protocol error|unsupported data|no status|abnormal closure|invalid|policy violation|message too big|mandatory|internal error|service restart|try again|bad gateway|tls|private use|registered)",
        "WebSocket close codes (RFC 6455, 7.4.1): 1008 and 1011 are different failures",
    ),
    Keep(
        "diagnostic",
        r"\b(?i:error|warning|code|exception)[:\[( ]\s?[A-Z]{1,6}-?[0-9]{2,6}\b",
        r"\b(?i:error|warning|code|exception)[:\[( ]\s?<\*>",
        "compiler and vendor codes: error TS2307, ORA-00942, Error code P1001",
    ),
    Keep(
        "database code",
        r"\([1-9][0-9]{2,4}, b?[\"']",
        r"\(<\*>, b?[\"']",
        "database drivers print (1364, 'Field …'): the number is the kind of failure",
    ),
    Keep(
        "function",
        r"\b[A-Za-z_]+[0-9][A-Za-z0-9_]*\(",
        r"<\*>\(",
        "a word before a parenthesis is the name of a function, its digit is not a parameter",
    ),
    Keep(
        "exception type",
        r"\b[A-Za-z_][A-Za-z0-9_$.]*[0-9][A-Za-z0-9_$.]*(?:Error|Exception|Warning|Fault|Exit|Interrupt|Timeout)\b",
        r"(?:^|[ (\[{'\"<])<\*>(?::\s|[)\]'\"])|^<\*>:?$|\b(?i:rais\w+|throw\w*|exception|error|caught) <\*>",
        "psycopg2.OperationalError is a name, its digit is not a parameter; exception types never merge",
    ),
)

BLOCK_KEEPS = (
    (r'(?m:^[ |+]*File "[^"\n]+")', "a Python frame's file"),
    (r"(?m:, in [^\n]+$)", "a Python frame's function"),
    (r"(?m:^[ \t|+]*at [^\n(]+\((?:[^\n():]+)?)", "function and file of a Java, JavaScript or .NET frame"),
    (r"(?m:^[ \t|+]*at [^\n():]+)", "an anonymous JavaScript frame's file"),
    (r"(?m:\) in [^\n:]+:line)", "file of a .NET frame"),
    (r"(?m:^\t/?[\w@./\-]+\.go)", "file of a Go frame"),
    (r"(?m:^[\w./\-]+\.[\w.()*\-\[\]]+\()", "function of a Go frame"),
    (r"(?m:^[ \t]*(?:from )?[\w./@\-]+\.(?:rb|py|rs|erb|rake):)", "file of a Ruby frame or a pytest location"),
    (r"(?m::in [`'][^`'\n]+')", "function of a Ruby frame"),
    (r"(?m:: in [\w<>.]+$)", "function of a pytest location"),
    (r"(?m:^#[0-9]{1,4} [^\n(]+\()", "file of a PHP frame"),
)
"""In texts of several lines the names of files and functions stay, even with a digit; line numbers go."""
