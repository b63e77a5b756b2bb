"""Steps: collects the whys of one cause, each with its basis and its evidence; no record, no sentence."""

from rca.model import Why
from rca.model.report import Basis, Branch


class Steps:
    """Whys in order, numbered within their branch."""

    def __init__(self) -> None:
        self._found: list[Why] = []

    def say(
        self, question: str, answer: str, basis: Basis, evidence: tuple[str, ...], *, branch: Branch = "cause"
    ) -> None:
        """Add a supported answer; without evidence it is not said."""
        refs = tuple(dict.fromkeys(ref for ref in evidence if ref))
        if refs and answer:
            why = Why(n=self._next(branch), question=question, answer=answer, basis=basis, evidence=refs, branch=branch)
            self._found.append(why)

    def ask(
        self, question: str, answer: str, check: str, *, evidence: tuple[str, ...] = (), branch: Branch = "cause"
    ) -> None:
        """Add an open question with the check that would settle it."""
        refs = tuple(dict.fromkeys(ref for ref in evidence if ref))
        why = Why(
            n=self._next(branch),
            question=question,
            answer=answer,
            basis="open",
            evidence=refs,
            check=check,
            branch=branch,
        )
        self._found.append(why)

    def taken(self) -> tuple[Why, ...]:
        """All of them, cause branch first."""
        return tuple(sorted(self._found, key=lambda why: (why.branch == "detection", why.n)))

    def _next(self, branch: Branch) -> int:
        return 1 + sum(why.branch == branch for why in self._found)
