"""The page loop of a live reading: paced, patient with errors that pass, resumable, and honest when it stops early."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from rca import when
from rca.errors import NoAccessError
from rca.ingest import audit
from rca.ingest.cloud_entries import acts
from rca.ingest.cloud_pace import ATTEMPTS, Bucket, Clock, pause_s
from rca.ingest.cloud_query import BEFORE_NS, LOOK_BACK_NS, TOGETHER_NS, Query, Slice, plan, union
from rca.ingest.cloud_state import State, Store
from rca.model.change import Change

DEPLOY_PAGES = 5
"""Pages of audit entries read ahead of the logs: 5,000 acts are more than a week of deploys."""


CALL_S = 60.0
"""Seconds one read may take, the client's own default; a longer one returns more of a sparse log per read."""


class RetryLaterError(Exception):
    """The service is busy, or the connection was cut: the same request may succeed in a moment."""


class TokenLostError(Exception):
    """The page token expired or was refused: go on by time."""


class DeniedError(Exception):
    """This project may not be read; the message is the service's."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: entries as flat columns (`rca.ingest.cloud_pages`), and the token of the next one, or ""."""

    frame: pl.DataFrame
    token: str


Fetch = Callable[[str, str, bool, str, float], Page]
"""(project, filter, newest first, token, seconds allowed) → Page; raises the three errors above."""


@dataclass(frozen=True, slots=True)
class Budget:
    """When to stop: seconds from the start, pages of this run; None is no limit."""

    seconds: float | None = None
    pages: int | None = None


@dataclass(slots=True)
class Reader:
    """Reads the slices of a query one after the other; `stopped` says in words why it did not reach the end."""

    query: Query
    fetch: Fetch
    store: Store
    clock: Clock = field(default_factory=Clock)
    budget: Budget = field(default_factory=Budget)
    progress: Callable[[str], None] | None = None
    stopped: str = ""
    interrupted: bool = False
    pages: int = 0
    _bucket: Bucket = field(init=False)
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._bucket, self._began = Bucket(self.clock), self.clock.now()

    def run(self, *, resume: bool) -> State:
        """Read as far as budget, service and user allow; what was read is in the store in any case.

        Raises NoAccessError when no project may be read.
        """
        state = self._state(resume=resume)
        try:
            self._slices(state, state.slices)
            if not self.stopped and not state.planned:
                self._plan(state)
            if not self.stopped:
                self._slices(state, state.slices)
        except KeyboardInterrupt:  # pages are stored as they come, so what the store says is true at any moment
            self.stopped, self.interrupted = "interrupted", True
            return self.store.load(self.query.key) or state
        return state

    def _state(self, *, resume: bool) -> State:
        known = self.store.load(self.query.key) if resume else None
        if known is not None:
            known.denied, known.notes = [], []  # access may have been granted since, and the service be well again
            for one in known.slices:
                if one.kind == "entries":
                    one.given_up, one.restarts = "", 0
            return known
        self.store.clear()
        query = self.query
        since = query.since_ns if query.since_ns is not None else query.until_ns - LOOK_BACK_NS
        state = State(key=query.key, since=query.since_ns, until=query.until_ns)
        state.slices = [
            Slice(project, "deploys", since, query.until_ns, newest_first=True) for project in query.projects
        ]
        self.store.save(state)
        return state

    def _plan(self, state: State) -> None:
        """Now that the deploys are known: which window, and in which order."""
        found = [one for one in self.changes(state) if one.extra.get("verb") != "build"]  # a build serves nobody yet
        deploys = [one for one in found if one.kind == "deploy"]
        if state.since is None:
            own = [one for one in deploys if one.service == self.query.service]
            state.since = self._since(state, _times(own or deploys))
        anchors = [*deploys, *(one for one in found if one.kind == "config" and one.service)]
        allowed = [project for project in self.query.projects if project not in state.denied]
        state.slices += plan(allowed, state.since, state.until, _times(anchors))
        state.planned = True
        self.store.save(state)

    def _since(self, state: State, deploys: list[int]) -> int:
        """Where the window begins when the user named a deploy and not a time."""
        if not deploys:
            state.notes.append("no deploy was found in the 7 days before the end: the last 24 hours were read")
            return state.until - 24 * BEFORE_NS
        if self.query.deploy is not None:
            return deploys[self.query.deploy :][0] - BEFORE_NS
        return min(at for at in deploys if at >= deploys[-1] - TOGETHER_NS) - BEFORE_NS

    def changes(self, state: State) -> Sequence[Change]:
        """Changes in the pages stored so far."""
        return audit.changes([act for part in self.store.parts(state) for act in acts(part)])

    def _slices(self, state: State, slices: Sequence[Slice]) -> None:
        for one in slices:
            while not one.over and not self.stopped and one.project not in state.denied:
                self._page(state, one)
            if one.given_up and one.given_up not in state.notes:
                state.notes.append(one.given_up)

    def _page(self, state: State, one: Slice) -> None:
        """Fetch and store one page of a slice."""
        try:
            page = self._patiently(one)
        except TokenLostError as why:
            one.restart(f"the service refused its own page tokens ({why})")
            self.store.save(state)
        except DeniedError as why:
            self._deny(state, one.project, str(why))
        else:
            if page is not None:
                self._take(state, one, page)

    def _take(self, state: State, one: Slice, page: Page) -> None:
        one.pages += 1
        times = page.frame["at"]
        edge = times.min() if one.newest_first else times.max()
        if isinstance(edge, int):
            one.reached(edge)
        repeated = bool(page.token) and page.token == one.token
        one.token, one.done = page.token, not page.token
        if repeated:  # legal with an empty page ("ask again"), but not for ever
            one.restart("the service repeated a page token")
        if one.kind == "deploys" and one.pages >= DEPLOY_PAGES and not one.done:
            one.given_up = f"deploys before {when.rfc3339(one.edge or one.hi)} were not looked for in {one.project}"
        self.store.page(page.frame, state)
        self._tell(state, one)

    def _patiently(self, one: Slice) -> Page | None:
        """One page, after as many pauses as it takes; None when the budget ended or patience did."""
        reason = ""
        for attempt in range(ATTEMPTS):
            if attempt and not self._wait(pause_s(attempt - 1, self.query.key)):
                return None
            if not self._wait(self._bucket.wait_s()):
                return None
            asked = (one.project, one.filter(self.query), one.newest_first, one.token)
            try:
                page = self.fetch(*asked, min(CALL_S, self._left()))
            except RetryLaterError as why:
                reason = str(why)
            else:
                self.pages += 1
                return page
        self.stopped = f"the service did not answer in {ATTEMPTS} attempts ({reason})"
        return None

    def _left(self) -> float:
        """Seconds of the budget that remain."""
        if self.budget.seconds is None:
            return CALL_S
        return max(0.05, self.budget.seconds - (self.clock.now() - self._began))

    def _wait(self, seconds: float) -> bool:
        """Sleep; False, and stopped, when the budget ends first."""
        spent = self.clock.now() - self._began
        if self.budget.seconds is not None and spent + seconds >= self.budget.seconds:
            self.stopped = f"the budget of {when.span(self.budget.seconds)} ended"
        elif self.budget.pages is not None and self.pages >= self.budget.pages:
            self.stopped = f"the budget of {self.budget.pages} pages ended"
        elif seconds > 0:
            self.clock.sleep(seconds)
        return not self.stopped

    def _deny(self, state: State, project: str, said: str) -> None:
        state.denied.append(project)
        state.notes.append(f"project {project} may not be read: {said}")
        if all(one in state.denied for one in self.query.projects):
            raise NoAccessError(
                f"no access to the logs: {said}",
                where=f"project {project}",
                hint=f"ask for the role roles/logging.viewer on project {project}, "
                "or run `gcloud auth application-default login` with an account that has it",
            )
        self.store.save(state)

    def _tell(self, state: State, one: Slice) -> None:
        if self.progress is not None:
            where = f"at {when.rfc3339(one.edge)}" if one.edge is not None else "nothing yet"
            what = "deploys" if one.kind == "deploys" else "logs"
            self.progress(f"{what}: {self.pages} pages, {state.entries:,} entries, {where}")


def _times(found: Iterable[Change]) -> list[int]:
    """When changes went live (else: were asked for), in time order."""
    return sorted(
        {at for one in found if not one.part_of and (at := when.to_ns(one.live_at or one.at or "")) is not None}
    )


def covered(state: State) -> list[tuple[int, int]]:
    """The intervals of which every entry was read, in time order; with several projects, of all of them."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for one in state.slices:
        if one.kind == "entries":
            spans.setdefault(one.project, []).append(one.covered)
    return _common([union(read) for read in spans.values()])


def _common(spans: list[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    common = spans[0] if spans else []
    for other in spans[1:]:
        common = [(max(a, c), min(b, d)) for a, b in common for c, d in other if max(a, c) < min(b, d)]
    return common
