"""Place: where a failure that was only seen from outside points to."""

from rca.cause import naming
from rca.cause.scene import Scene


def problem_place(scene: Scene, name: str) -> str:
    """Where a client-side symptom points to: the URL it called, else its service, else its own frame."""
    each = scene.issues[name]
    for ref in scene.tests_of(name):
        if scene.failing[ref].urls:
            return scene.failing[ref].urls[0]
    ends = [
        url
        for ref in scene.tests_of(name)
        for case in scene.run_of[ref].cases
        if case.ref in scene.failing
        for url in case.urls
    ]
    if ends:
        return min(set(ends), key=lambda url: (-ends.count(url), url))
    urls = [occurrence.url for occurrence in each.occurrences if occurrence.url]
    if urls:
        return urls[0]
    return each.issue.services[0] if each.issue.services else naming.place(each.issue.location)
