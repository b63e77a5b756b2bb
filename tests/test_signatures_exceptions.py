"""What is read out of an exception: type, frames, owner, chain, groups, recursion."""

import pytest
from signature_texts import direct, dotnet, go, group, handling, java, node, pytest_long, python, repeated, ruby

from rca.signatures import extract

OWN = ("/app/shop/cart.py", 41, "add")
LIB = ("/usr/lib/python3.11/json/decoder.py", 355, "raw_decode")
RUST = "thread 'main' panicked at src/cart/total.rs:14:9:\ncart is empty"
PHP = "PHP Fatal error:  Uncaught LogicException: no cart in /var/www/html/src/Cart.php:12\nStack trace:\n#0 /var/www/html/index.php(3): run()\n#1 {main}"
RAILS = "ActiveRecord::RecordNotFound (Couldn't find Cart):\n\napp/controllers/carts_controller.rb:10:in `show'\n/usr/local/bundle/gems/rack-3.0.8/lib/rack/head.rb:15:in `call'"

READ = [
    (
        "Python",
        python("decimal.InvalidOperation: bad", ("/app/main.py", 1, "<module>"), OWN, LIB),
        "python",
        "decimal.InvalidOperation",
        "shop/cart.py",
        "add",
        41,
    ),
    (
        "pytest",
        pytest_long("ValueError: bad", ("tests/test_cart.py", 8, "test_add"), ("shop/cart.py", 41, "add")),
        "python",
        "ValueError",
        "shop/cart.py",
        "add",
        41,
    ),
    (
        "Java",
        java(
            "java.io.IOException: gone",
            ("Cart.java", 5, "com.acme.Cart.total"),
            ("Socket.java", 9, "java.net.Socket.read"),
        ),
        "java",
        "java.io.IOException",
        "com/acme/Cart.java",
        "Cart.total",
        5,
    ),
    (
        "Kotlin",
        java("kotlin.KotlinNullPointerException", ("Cart.kt", 5, "com.acme.CartKt.total")),
        "java",
        "kotlin.KotlinNullPointerException",
        "com/acme/Cart.kt",
        "CartKt.total",
        5,
    ),
    (
        "Node.js",
        node("RangeError: bad", ("/app/src/cart.ts", 14, "Cart.total"), ("node:internal/net", 3, "connect")),
        "node",
        "RangeError",
        "src/cart.ts",
        "Cart.total",
        14,
    ),
    (
        "Go",
        go(
            "no cart",
            ("/app/cart/cart.go", 31, "acme/cart.Total"),
            ("/usr/local/go/src/net/http/server.go", 9, "net/http.Serve"),
        ),
        "go",
        "panic",
        "cart/cart.go",
        "cart.Total",
        31,
    ),
    (
        ".NET",
        dotnet(
            "System.ArgumentException: no",
            ("/src/Shop/Cart.cs", 20, "Acme.Cart.<TotalAsync>d__3.MoveNext"),
            ("/_/a.cs", 1, "System.Linq.Enumerable.First"),
        ),
        "dotnet",
        "System.ArgumentException",
        "src/Shop/Cart.cs",
        "Cart.TotalAsync",
        20,
    ),
    (
        "Ruby",
        ruby("KeyError", "no key", ("/app/bin/job.rb", 1, "run"), ("/app/lib/cart.rb", 9, "total")),
        "ruby",
        "KeyError",
        "lib/cart.rb",
        "total",
        9,
    ),
    ("Rails", RAILS, "ruby", "ActiveRecord::RecordNotFound", "app/controllers/carts_controller.rb", "show", 10),
    ("Rust", RUST, "rust", "panic", "src/cart/total.rs", "", 14),
    ("PHP", PHP, "php", "LogicException", "src/Cart.php", "", 12),
]


@pytest.mark.parametrize(
    ("what", "text", "language", "kind", "file", "function", "line"), READ, ids=[row[0] for row in READ]
)
def test_type_and_innermost_own_frame(
    what: str, text: str, language: str, kind: str, file: str, function: str, line: int
) -> None:
    signature = extract(text)
    place = signature.location
    assert place is not None, what
    assert (signature.language, signature.exception_type) == (language, kind)
    assert (place.file, place.function, place.line, place.own) == (file, function, line, True)


def test_frames_are_innermost_last_in_every_language() -> None:
    places = [("a", 1, "outer"), ("b", 2, "inner")]
    for build, end in ((python, ".py"), (node, ".js")):
        frames = extract(
            build("TypeError: x", *((f"/app/{file}{end}", line, name) for file, line, name in places))
        ).frames
        assert [frame.function for frame in frames] == ["outer", "inner"]
    assert [
        frame.function
        for frame in extract(java("a.B: x", ("A.java", 1, "p.A.outer"), ("B.java", 2, "p.B.inner"))).frames
    ] == ["A.outer", "B.inner"]
    assert [
        frame.function for frame in extract(go("x", ("/app/a.go", 1, "p.Outer"), ("/app/b.go", 2, "p.Inner"))).frames
    ] == ["p.Outer", "p.Inner"]
    assert [
        frame.function
        for frame in extract(dotnet("A.B: x", ("/a.cs", 1, "P.A.Outer"), ("/b.cs", 2, "P.B.Inner"))).frames
    ] == ["A.Outer", "B.Inner"]
    assert [
        frame.function for frame in extract(ruby("E", "x", ("/app/a.rb", 1, "outer"), ("/app/b.rb", 2, "inner"))).frames
    ] == ["outer", "inner"]


def test_an_explicit_cause_is_the_signature_and_names_what_was_raised_from_it() -> None:
    text = direct(python("OSError: gone", OWN), direct(python("LookupError: b", OWN), python("RuntimeError: c", OWN)))
    signature = extract(text)
    assert signature.exception_type == "OSError"
    assert [one.exception_type for one in signature.causes] == ["RuntimeError", "LookupError"]
    assert [part.value for part in signature.parts if part.name == "raised"] == ["RuntimeError: c", "LookupError: b"]


def test_what_was_being_handled_is_context_not_cause() -> None:
    signature = extract(handling(python("KeyError: 'sku'", OWN), python("ValueError: unusable", OWN)))
    assert (signature.exception_type, signature.causes) == ("ValueError", ())
    assert [one.exception_type for one in signature.context] == ["KeyError"]


def test_a_time_out_made_by_cancelling_is_a_time_out() -> None:
    signature = extract(direct(python("asyncio.exceptions.CancelledError", OWN), python("TimeoutError: 3 s", OWN)))
    assert signature.exception_type == "TimeoutError"
    assert [one.exception_type for one in signature.context] == ["asyncio.exceptions.CancelledError"]


def test_a_group_of_one_is_its_member_and_a_group_of_several_is_a_group() -> None:
    first, second = python("ValueError: bad", OWN), python("KeyError: 'sku'", OWN)
    assert extract(group(first)).exception_type == "ValueError"
    assert extract(group(first)).id == extract(first).id
    both = extract(group(first, second))
    assert both.exception_type == "ExceptionGroup"
    assert [one.exception_type for one in both.context] == ["ValueError", "KeyError"]


def test_recursion_is_a_cycle_with_its_rounds_and_where_it_was_entered() -> None:
    loop = [("/app/a.py", 5, "ping"), ("/app/b.py", 9, "pong")]
    signature = extract(
        python("RecursionError: maximum recursion depth exceeded", ("/app/main.py", 3, "main"), *repeated(loop, 450))
    )
    assert signature.cycle is not None
    assert [frame.function for frame in signature.cycle.frames] == ["ping", "pong"]
    assert signature.cycle.repeats == 450
    assert signature.cycle.entered_from is not None
    assert signature.cycle.entered_from.function == "main"
    assert len(signature.frames) == 3


def test_lines_that_python_folded_are_counted() -> None:
    frames = [("/app/a.py", 5, "ping")] * 3
    text = python("RecursionError: deep", ("/app/main.py", 3, "main"), *frames).replace(
        "RecursionError", "  [Previous line repeated 990 more times]\nRecursionError"
    )
    cycle = extract(text).cycle
    assert cycle is not None
    assert cycle.repeats == 993


def test_two_equal_frames_are_not_a_recursion() -> None:
    assert extract(python("ValueError: x", OWN, OWN)).cycle is None


def test_the_same_value_at_two_places_is_told_and_no_part_of_the_key() -> None:
    same, other = extract("id a17 not found in table of id a17"), extract("id a17 not found in table of id b18")
    assert same.id == other.id
    assert [part.value for part in same.parts if part.name == "equal values"] == ["<1> <1>"]
    assert not [part for part in other.parts if part.name == "equal values"]


def test_every_part_has_a_reason_and_says_whether_it_contributes() -> None:
    parts = extract(python("ValueError: bad", LIB, OWN)).parts
    assert all(part.reason for part in parts)
    assert [(part.name, part.contributes) for part in parts] == [
        ("type", True),
        ("template", True),
        ("frames", True),
        ("frames", False),
    ]


def test_a_traceback_that_was_escaped_into_one_line_is_read() -> None:
    text = python("ValueError: bad", OWN)
    assert extract(text.replace("\n", "\\n")).id == extract(text).id
