"""Test runs against the simulated system, and their JUnit reports."""

from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from bench.incidents.play import Played, journey
from bench.incidents.script import Script
from bench.incidents.world import Route


@dataclass
class Case:
    """One executed test."""

    name: str
    seconds: float
    failure: str = ""


def run(script: Script, out: Played, at: float) -> list[Case]:
    """One pass over the routes, one after the other, from `at` on."""
    cases = []
    now = at
    for index, route in enumerate(script.world.routes):
        if now < script.shy.get(index, 0.0):
            continue
        for variant in ("answers", "keeps_order"):
            status, trace, seconds = journey(script, out, route, now, agent="pytest/8.4")
            cases.append(Case(_name(route, variant), seconds + 0.003, _failure(script, route, status, trace, variant)))
            now += seconds + 0.05
    return cases


def _name(route: Route, variant: str) -> str:
    return f"test_{route.method.lower()}_{route.hops[0][1].strip('/').replace('/', '_')}_{variant}"


def _failure(script: Script, route: Route, status: int, trace: str | None, variant: str) -> str:
    service, path = route.hops[0]
    url = f"https://{service}.{script.world.project}.example{path}"
    if status >= 500:
        header = f"\nx-cloud-trace-context: {trace}" if trace else ""
        return f"AssertionError: {route.method} {url} answered {status}{header}\nassert {status} == 200"
    if script.tests_fail and variant == "keeps_order":
        return f"AssertionError: {url}: items out of order\nassert [3, 1, 2] == [1, 2, 3]"
    return ""


def junit(cases: list[Case], started: str) -> str:
    """The report as pytest writes it."""
    failed = sum(1 for case in cases if case.failure)
    total = sum(case.seconds for case in cases)
    lines = [
        "<?xml version='1.0' encoding='utf-8'?>",
        f'<testsuites><testsuite name="e2e" errors="0" failures="{failed}" skipped="0" tests="{len(cases)}" time="{total:.3f}" timestamp="{started}">',
    ]
    for case in cases:
        head = f'<testcase classname="tests.e2e.test_api" name="{case.name}" time="{case.seconds:.3f}"'
        if case.failure:
            text = quoteattr(case.failure)[1:-1]
            lines.append(f'{head}><failure message="{text.splitlines()[0]}">{text}</failure></testcase>')
        else:
            lines.append(f"{head} />")
    return "\n".join([*lines, "</testsuite></testsuites>", ""])
