"""The same answers to an assistant, over the Model Context Protocol (extra rca[mcp]).

Tools take paths or a report that is open, and return typed results: parts of rca.report/1, redacted as every output is.
All run offline; nothing here asks a language model.
"""

from collections import Counter
from pathlib import Path

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel

from rca import __version__, rules
from rca.errors import RcaError
from rca.gather import Request, gather
from rca.model import Action, Cause, Evidence, Issue, NoChange, Part, Report, Suspect, Verdict
from rca.model.signature import Cycle, Frame
from rca.pipeline import Settings, analyze
from rca.report.load import load
from rca.safe import clean_model, line
from rca.window import Asked

MOST = 50  # rows of one answer; an assistant's context is small, and `total` says how many there are


class Answer(BaseModel):
    """The verdict with its causes and what to do."""

    verdict: Verdict
    causes: list[Cause]
    actions: list[Action]
    missing: list[str]
    explained: int
    failures: int
    by_class: dict[
        str, int
    ]  # this_change, flaky, infrastructure, already_failing, seen_before, unknown → failing tests


class Issues(BaseModel):
    """Issues, roots first."""

    total: int
    issues: list[Issue]


class Suspects(BaseModel):
    """Changes that may explain an issue; with `no_change` their p sum to 1."""

    issue: str
    suspects: list[Suspect]
    no_change: list[NoChange]


class Explained(BaseModel):
    """Why occurrences are one issue: the parts of its fingerprint, and where it is."""

    id: str
    title: str
    rule: str | None
    parts: list[Part]
    frames: list[Frame]
    cycle: Cycle | None
    similar: list[str]


class Open:
    """The report that the tools after `analyze` speak of."""

    def __init__(self) -> None:
        self.report: Report | None = None

    def get(self) -> Report:
        """The report, or an error that says how to make one."""
        if self.report is None:
            raise ToolError("no report is open: call analyze with paths first")
        return self.report

    def issue(self, name: str) -> Issue:
        """The issue whose id begins so."""
        found = [one for one in self.get().issues if one.id == name or one.id.partition(":")[2].startswith(name)]
        if len(found) != 1:
            raise ToolError(line(f"{len(found)} issues are called {name!r}; call issues for their ids"))
        return found[0]


def server(root: Path | None = None) -> MCPServer:
    """The server with its five tools; paths are confined to `root` where one is given."""
    made = MCPServer("rca", version=__version__, instructions=(__doc__ or "").strip())
    opened = Open()

    @made.tool(name="analyze", description="Analyze incident inputs (files or folders), or open a JSON report of rca.")
    def analyze_(paths: list[str], since: str = "deploy") -> Answer:
        try:
            opened.report = _report([_inside(root, path) for path in paths], since)
        except RcaError as error:
            raise ToolError(line(str(error), 1000)) from error
        report = opened.report
        return Answer(
            verdict=report.verdict,
            causes=list(report.causes),
            actions=list(report.actions),
            missing=list(report.coverage.missing),
            explained=report.coverage.explained,
            failures=report.coverage.failures,
            by_class=dict(sorted(Counter(one.kind for one in report.tests.failures).items())),
        )

    @made.tool(
        description="Issues of the open report, roots first; role is one of root, contributing, symptom, background."
    )
    def issues(role: str = "", offset: int = 0) -> Issues:
        order = ("root", "contributing", "symptom", "background")
        found = [one for one in opened.get().issues if role in {"", one.role}]
        found.sort(key=lambda one: (order.index(one.role), -one.count, one.id))
        return Issues(total=len(found), issues=found[offset : offset + MOST])

    @made.tool(description="The record behind a ref such as log:2:208, test:…, change:… or rule:….")
    def evidence(ref: str) -> Evidence:
        found = opened.get().evidence.get(ref)
        if found is None:
            raise ToolError(line(f"no evidence is called {ref!r} in the open report"))
        return found

    @made.tool(description="Changes that may explain an issue, with reasons for and against.")
    def suspects(issue: str) -> Suspects:
        report, one = opened.get(), opened.issue(issue)
        return Suspects(
            issue=one.id,
            suspects=[found for found in report.suspects if found.issue == one.id][:MOST],
            no_change=[found for found in report.no_change if found.issue == one.id],
        )

    @made.tool(description="Why these occurrences are one issue: which parts of the fingerprint contribute.")
    def explain(issue: str) -> Explained:
        one = opened.issue(issue)
        return Explained(
            id=one.id,
            title=one.title,
            rule=one.rule,
            parts=list(one.parts),
            frames=list(one.frames),
            cycle=one.cycle,
            similar=list(one.similar),
        )

    return made


def _report(paths: list[str], since: str) -> Report:
    if len(paths) == 1 and paths[0].endswith(".json") and _is_report(Path(paths[0])):
        return clean_model(load(Path(paths[0])))  # whoever wrote the file: every output is redacted
    facts = gather(Request(paths=paths))
    return analyze(facts, rules.load([rules.builtin()]), Settings(asked=Asked(since=since), command="rca mcp"))


def _is_report(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return b'"rca.report/' in file.read(200)
    except OSError:
        return False


def _inside(root: Path | None, path: str) -> str:
    """`path` itself; refuses what lies outside `root` after links are followed."""
    if root is not None and not Path(path).resolve().is_relative_to(root.resolve()):
        raise ToolError(line(f"{path} is outside {root}", 1000))
    return path
