"""A new rule to be filled in: it loads, and fails its own test until it says something."""

from rca.errors import UsageError

SHAPE = """\
id       = "{id}"
title    = "What happened, with {{name}}, in one line"
status   = "experimental"
severity = "ERROR"
role     = "root"          # root: a mechanism; relay: passes a failure on; symptom: shows it; noise: means nothing
impact     = "What users or tests see of it."
mitigation = "What stops it now."
prevention = "What keeps it from coming back."
detection  = "What would have seen it before."
done_when  = "How one knows that it is gone."

[match]                    # clauses are ANDed, a list inside a clause is ORed
message = '''words that always stand in the message, then '(?P<name>[^']+)\\''''

[group]
by = ["rule", "name"]      # what makes two occurrences one issue; "!shape:name" groups by the kind of the value

[explain]                  # from the symptom inwards; check each sentence against the source that raises the message
whys = ["What the message says.", "Which mechanism leads to it."]
latent  = "What made it possible."
suspect = ["code"]         # imports, image, dependency, schema, config, secrets, load, endpoint, client, code
check   = "The command or question that settles the next why."

[[tests]]
name   = "paste here the shortest text that decides"
expect = "match"
title  = "What happened, with it, in one line"
sample = '''(replace this by the text as it was logged)'''

[[tests]]
name      = "the same thing, another text"
expect    = "match"
same_as   = "paste here the shortest text that decides"
sample    = '''(replace this)'''

[[tests]]
name         = "another value is another issue"
expect       = "match"
differs_from = "paste here the shortest text that decides"
sample       = '''(replace this)'''

[[tests]]
name   = "say what nearly fooled us"
expect = "no-match"
sample = '''(replace this by a text that looks like it and is not)'''
"""


def skeleton(rule_id: str) -> tuple[str, str]:
    """Path below the rules folder and text of a new rule. Ids are that path: python/foo and python.foo name one file."""
    dotted = rule_id.removesuffix(".toml").replace("/", ".")
    parts = dotted.split(".")
    if not all(part and part.replace("-", "").replace("_", "").isalnum() and part.isascii() for part in parts):
        raise UsageError(
            f"{rule_id!r} cannot be the id of a rule", hint="write it as family.name, for example python.my-rule"
        )
    return f"{'/'.join(parts)}.toml", SHAPE.format(id=dotted)
