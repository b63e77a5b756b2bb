"""Notable: does a text look like a failure? A function of the text alone, asked once per shape."""

import polars as pl

_MARKS = (
    r"Traceback \(most recent call last\)",
    r"[A-Za-z](?:Error|Exception|Fault|Panic|Interrupt)\b",
    r"(?:\b|_)(?i:err|error|errors|failed|failure|failures|failing|fail|fails|fatal|panic|panicked|crash|crashed|crashes|abort|aborted|aborting|denied|refused|unreachable|unavailable|unauthorized|forbidden|timeout|timeouts|corrupt|corrupted|corruption|deadlock|deadlocked|oom|killed|segfault|rejected|unhandled|uncaught|exception|terminated|undefined|invalid|violation|overflow|exhausted|broken|bad gateway)(?:\b|_)",
    r"(?i:timed out|time[ -]out|out of memory|out of disk|no space left|no such file|not found|not defined|not permitted|not authorized|not available|not reachable|not responding|could not|couldn't|cannot|can't|unable to|did not|didn't|was not able|permission denied|access denied|reset by peer|broken pipe|gave up|giving up|no route to host|stack trace|core dumped|memory limit|limit exceeded|quota exceeded|too many|must be an? |is not a valid|unexpected)",
    r"\b(?:E[A-Z]{4,14}|SIG(?:SEGV|KILL|ABRT|TERM|BUS|ILL|FPE))\b:?",
    r"(?:^|[\[|] ?|\s- )(?i:critical|crit|alert|emergency)\b|\bCRITICAL(?::| -|\])",
    r"[❌✗✘✖🔴🚨💥🔥⛔🛑⚠]",
    r"\b(?:status|HTTP|http)(?:[ _-]?code)?[\"']?[=: ]{1,2}[\"']?5[0-9][0-9]\b",
    r"HTTP/[0-9.]{1,3}[\"']? 5[0-9][0-9]\b",
    r"\b5[0-9][0-9] (?:Internal|Bad Gateway|Service Unavailable|Gateway)",
    r"\b(?:1002|1006|1008|1011|1012|1013|1014|4[0-9]{3}) \(",
    r"(?i:close[d]?(?: with)?(?: code)?[=: (]{1,2}(?:1002|1006|1008|1011|1012|1013|1014|4[0-9]{3})\b)",
    r"(?i:exit(?:ed)?(?: with)?(?: code| status)?[=: (]{1,2}-?[1-9][0-9]{0,4}\b)",
)
FAILURE = "|".join(_MARKS)
"""One alternation; what looks like a failure and is none (0 errors, error=None) is taken back by HARMLESS."""

_EXCUSES = (
    r"(?i:\b(?:no|zero|without|0) (?:[a-z]{1,20} )?(?:errors?|failures?|failed|exceptions?|timeouts?|crash(?:es)?)\b)",
    r"(?i:\b(?:errors?|failures?|failed|fails?|exceptions?|timeouts?|rejected|aborted|killed|invalid|err)[\"']?\s?[=:]\s?[\"']?(?:0|none|null|nil|false|\[\]|\{\}|<\*>|[0-9.]{1,12}(?:ms|s)?)(?:[\"',;)\]} ]|$))",
    r"(?i:\b(?:error|exception|failure|timeout|crash)[ _-](?:handl(?:er|ers|ing)|report(?:er|ing)?|track(?:er|ing)|rate|count|budget|page|log|recovery|boundary|middleware|of|set|value|interval|validator|codes?|types?|class|classes|monitor|monitoring|detection|model|models|messages?)\b)",
    r"(?i:\b(?:time[ -]?outs?)\b[^.\n]{0,40}(?:set to|configured|<\*>\s?(?:ms|s|sec|seconds|minutes)?$))",
    r"(?i:\bexit(?:ed)?(?: with)?(?: code| status)?[=: (]{1,2}0\b)",
    r"(?i:\b[a-z_]{1,40}\.(?:errors?|exceptions?)\b(?:[:\])\s]|$))",
    r"(?i:\b(?:recovered from|retry succeeded|0 failed)\b)",
)
HARMLESS = "|".join(_EXCUSES)


def notable(text: pl.Expr) -> pl.Expr:
    """True where the (finely masked) text still looks like a failure after harmless phrases are taken out."""
    return text.str.contains(FAILURE) & text.str.replace_all(HARMLESS, " ").str.contains(FAILURE)
