"""The manual: what `rca COMMAND --help` says beside the options: a line for the list of commands, examples, exit statuses."""

from dataclasses import dataclass, field

import typer

STATUS = """0 done, whatever was found · 2 usage, or an input or rule that cannot be used (one line says which, and what to do) ·
130 interrupted"""


@dataclass(frozen=True, slots=True)
class Page:
    """`short` is the line in the list of commands; `examples` are pairs of what one wants and what one types."""

    short: str
    examples: tuple[tuple[str, str], ...]
    notes: str = ""
    status: str = STATUS
    see: tuple[str, ...] = field(default=())


PAGES: dict[str, Page] = {
    "analyze": Page(
        "What failed, since when, after which change, and why.",
        (
            ("a folder with whatever there is: logs, test reports, changes", "rca analyze incident/"),
            ("a page, a document and data in one go", "rca analyze incident/ -o report.html -o report.md -o report.json"),
            ("commits as suspects, in CI, failing on what is new", "rca analyze junit.xml logs.json --repo . --fail-on new"),
            ("live, the deploys first and then the minutes around them", "rca analyze --project my-project --service api --budget 60s"),
            ("the last two hours of an export that is piped in", "gcloud logging read … --format=json | rca analyze - --since 2h"),
        ),
        notes="What an input is, is decided by its content, not its name; `rca ingest` shows what was understood. The report goes to "
        "standard output, all else to standard error: progress when reading takes long, and where files were written. "
        "The same inputs and options give the same bytes. Settings of a project stand in rca.toml.",
        status="0 done, whatever was found · 1 the condition of --fail-on is met · 2 usage, or an input or rule that cannot be used "
        "(one line says which, and what to do) · 3 no access to a live source or bucket · 4 partial data under --strict · 130 interrupted",
        see=("ingest", "verify", "explain", "digest"),
    ),
    "ingest": Page(
        "What each input is, and what was kept of it.",
        (("before trusting a report", "rca ingest incident/"), ("for a program", "rca ingest incident/ --format json")),
        notes="For every input: read = kept + duplicates + skipped, with the reasons of what was skipped.",
        see=("analyze", "changes"),
    ),
    "changes": Page(
        "Deploys, config changes and commits, in time order.",
        (
            ("what was deployed around an incident", "rca changes audit-logs.json"),
            ("with the commits of a repository", "rca changes incident/ --repo ."),
        ),
        see=("analyze",),
    ),
    "signatures": Page(
        "The signature of each line, as JSON lines.",
        (
            ("group the lines of any log by what they say", "rca signatures app.log | jq -r .template | sort | uniq -c | sort -rn"),
            ("from a pipe", "kubectl logs my-pod | rca signatures -"),
        ),
        see=("explain",),
    ),
    "explain": Page(
        "Why these occurrences are one issue.",
        (("the parts of a fingerprint, `*` marks those that count", "rca explain v1:6bd2 --report report.json"),),
        notes="Write the report first: rca analyze … -o report.json",
        see=("analyze", "signatures"),
    ),
    "diff": Page(
        "What is new, fixed and still failing between two runs.",
        (
            ("two reports", "rca diff monday.json tuesday.json"),
            ("two sets of inputs", "rca diff run-1/ run-2/"),
        ),
        see=("verify",),
    ),
    "verify": Page(
        "Did the fix hold, and what would settle it?",
        (
            ("judge the last deploy", "rca verify incident/"),
            ("judge a deploy by its time", "rca verify incident/ --since 2025-10-14T13:05:41Z"),
        ),
        see=("diff", "history show"),
    ),
    "digest": Page(
        "Logs of any size as one small, mergeable file.",
        (
            ("logs that are too large to be read twice", "rca digest logs/ -o all.digest && rca analyze all.digest junit.xml"),
            ("one of 32 machines", "rca digest gs://bucket/logs --shard 7/32 -o gs://bucket/parts/"),
            ("a task of Cloud Run or Kubernetes: the shard comes from its variables", "rca digest gs://bucket/logs -o gs://bucket/parts/"),
            ("a cluster (extra rca[spark], Java 17)", "rca digest gs://bucket/logs --engine spark -o gs://bucket/all.digest"),
        ),
        notes="An output that ends in / gets a name of its own per shard. Parts merge, in any order, to what one machine would have "
        "made, byte for byte. Test reports are not digested: give them to analyze beside the digest.",
        status=STATUS.replace(" ·\n130", " ·\n3 no access to a bucket · 130"),
        see=("merge", "analyze"),
    ),
    "merge": Page(
        "Put digests together.",
        (
            ("files", "rca merge part-*.digest -o all.digest"),
            ("a folder of a bucket", "rca merge gs://bucket/parts -o gs://bucket/all.digest"),
        ),
        see=("digest",),
    ),
    "redact": Page(
        "Standard input to standard output, secrets masked.",
        (
            ("before a log is shared", "rca redact < app.log > shareable.log"),
            ("people's addresses stay readable", "rca redact --keep emails < app.log"),
        ),
        notes="Equal secrets get equal marks, such as [secret:jwt:3f9a]. Every other command masks its output in the same way.",
    ),
    "eval": Page(
        "Score the answers on incidents whose truth is known.",
        (("calibration, false blame and causes, per family", "rca eval incidents/"),),
        notes="Each incident is a folder with input/ and answer.json.",
        see=("rules test",),
    ),
    "mcp": Page(
        "The same answers for an assistant (extra rca[mcp]).",
        (("over standard input and output, confined to a folder", "rca mcp --root incident/"),),
        notes="Nothing listens on the network.",
    ),
    "rules list": Page("All rules in force, most specific first.", (("with those of a project", "rca rules list --rules rules/"),)),
    "rules show": Page("One rule, as a page to read.", (("", "rca rules show python.missing-module"),)),
    "rules test": Page(
        "Run the proofs that every rule carries.",
        (
            ("your own rules, silent on a healthy run", "rca rules test healthy-run/ --rules rules/"),
            ("only what fails", "rca rules test --quiet"),
        ),
        status="0 every proof holds · 2 one does not",
    ),
    "rules new": Page(
        "Write the skeleton of a rule.",
        (("it fails its own test until it is filled in", "rca rules new shop.cart-lost --rules rules/"),),
        see=("rules test",),
    ),
    "history list": Page("Earlier analyses and the issues known.", (("oldest first", "rca history list"),)),
    "history show": Page("What is known of one issue.", (("", "rca history show v1:6bd2"),)),
    "history note": Page(
        "Keep what people know of an issue.",
        (("shown whenever it comes back", 'rca history note v1:6bd2 --ticket OPS-12 --cause "module left out of the image"'),),
    ),
    "history forget": Page("Remove an issue from the memory.", (("", "rca history forget v1:6bd2"),)),
    "history export": Page(
        "The whole memory as JSON lines.", (("to keep in a CI cache", "rca history export -o memory.jsonl"),), see=("history merge",)
    ),
    "history merge": Page(
        "Add an export to the memory.", (("repeats do no harm", "rca history merge memory.jsonl"),), see=("history export",)
    ),
}  # fmt: skip


def epilog(page: Page) -> str:
    r"""The end of a help text; \b keeps the lines of a paragraph as they are."""
    lines = [line for what, typed in page.examples for line in ([f"  # {what}"] if what else []) + [f"  {typed}"]]
    parts = [page.notes, "\n".join(["\b", "Examples:", *lines]), f"Exit status: {page.status}"]
    if page.see:
        parts.append("See also: " + ", ".join(f"rca {one}" for one in page.see))
    return "\n\n".join(part for part in parts if part)


def applied(app: typer.Typer) -> None:
    """Give every command of `app` its page; a command without one fails here."""
    families = [
        ("", app),
        *(
            (f"{one.typer_instance.info.name} ", one.typer_instance)
            for one in app.registered_groups
            if one.typer_instance
        ),
    ]
    for prefix, family in families:
        for command in family.registered_commands:
            page = PAGES[f"{prefix}{command.name}"]
            command.short_help, command.epilog = page.short, epilog(page)
