"""What junit-10.xsd (Jenkins' xunit plug-in) allows, as far as rca writes it: children and attributes of each element."""

from pyexpat import ParserCreate

CHILDREN = {
    "": {"testsuites"},
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"skipped", "error", "failure", "system-out"},
}
ATTRIBUTES = {  # element → (required, further ones)
    "testsuites": (set(), {"name", "tests", "failures", "errors"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped", "time"}),
    "property": ({"name", "value"}, set()),
    "testcase": ({"name"}, {"classname", "time"}),
    "failure": (set(), {"type", "message"}),
    "error": (set(), {"type", "message"}),
    "skipped": (set(), {"type", "message"}),
}


def checked(text: str) -> list[str]:
    """Names of the elements of a valid document, in order; fails where the schema would."""
    found: list[str] = []
    above = [""]

    def begin(name: str, attributes: dict[str, str]) -> None:
        assert name in CHILDREN.get(above[-1], set()), f"{name} below {above[-1]}"
        required, more = ATTRIBUTES.get(name, (set(), set()))
        assert required <= attributes.keys() <= required | more, f"{name} {sorted(attributes)}"
        above.append(name)
        found.append(name)

    parser = ParserCreate()
    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _name: above.pop()
    parser.Parse(text.encode(), True)
    return found
