"""Pairs of texts that a person would call two failures; merging them is the worse error."""

import polars as pl
import pytest
from signature_texts import direct, dotnet, go, java, node, pytest_short, python, repeated, ruby

from rca.model import Digest
from rca.signatures import extract, line_signatures, sign

CART = ("/app/shop/cart.py", 41, "add")
JS = ("/app/src/cart/total.js", 14, "total")
JV = ("Cart.java", 5, "com.acme.Cart.total")
CS = ("/src/Shop/Cart.cs", 20, "Acme.Shop.Cart.Total")
GO = ("/app/cart/cart.go", 31, "acme/cart.Total")
RB = ("/app/app/models/cart.rb", 9, "total")
TIME_OUT = "timed out"

DIFFERENT = [
    ("succeeded is not failed", "payment 17 SUCCEEDED", "payment 17 FAILED"),
    ("success=true is not success=false", "call 7 done success=true", "call 8 done success=false"),
    ("an outcome in JSON", '{"ok": true, "took": 5}', '{"ok": false, "took": 7}'),
    ("opened is not closed", "connection 7 opened", "connection 7 closed"),
    ("another HTTP status in words", "upstream answered with status 502", "upstream answered with status 504"),
    ("another HTTP status as a key", "request done status=500 in 3ms", "request done status=503 in 3ms"),
    ("another HTTP status in JSON", '{"status": 401, "id": 7}', '{"status": 403, "id": 7}'),
    ("another status of an access line", '10.0.0.1 "GET /x HTTP/1.1" 500 12', '10.0.0.1 "GET /x HTTP/1.1" 404 12'),
    ("another method", "POST /api/carts refused", "GET /api/carts refused"),
    ("another route", "GET /api/carts/7 refused", "GET /api/users/7 refused"),
    ("another version of a route", "GET /api/v1/carts refused", "GET /api/v2/carts refused"),
    ("another reason phrase", "401 Unauthorized for url 7", "403 Forbidden for url 7"),
    ("another errno", "read failed: [Errno 104] reset after 3 tries", "read failed: [Errno 110] reset after 3 tries"),
    ("another exit code", "Container called exit(3).", "Container called exit(137)."),
    ("another exit status in words", "worker 7 exited with code 1", "worker 9 exited with code 137"),
    (
        "another close code",
        "received 1011 (internal error); then sent 1011",
        "received 1008 (policy violation); then sent 1008",
    ),
    ("another close code as a key", "socket 5 gone, close code: 1006", "socket 5 gone, close code: 1012"),
    ("another signal", "process 7 killed by signal 9", "process 7 killed by signal 11"),
    ("another signal by name", "process 7 died of SIGKILL", "process 7 died of SIGSEGV"),
    ("another SQLSTATE", "query 7 failed, SQLSTATE: 23505", "query 7 failed, SQLSTATE: 40001"),
    (
        "another error number of a database",
        'pymysql.err.OperationalError: (1364, "no default")',
        'pymysql.err.OperationalError: (1054, "no default")',
    ),
    (
        "another diagnostic of a compiler",
        "src/a.ts(3,5): error TS2307: see below",
        "src/a.ts(3,5): error TS7006: see below",
    ),
    ("another vendor code", "job 3: error ORA-00942 in view", "job 3: error ORA-01017 in view"),
    ("another SQLSTATE with letters", "refused (SQLSTATE 42P01)", "refused (SQLSTATE 42703)"),
    ("another way curl fails", "curl: (7) no answer", "curl: (28) no answer"),
    ("another errno by name", "connect ECONNREFUSED 10.0.0.1", "connect ETIMEDOUT 10.0.0.1"),
    ("a digit in the name of an exception", "psycopg2.OperationalError: no", "psycopg3.OperationalError: no"),
    ("two exceptions of one module", "psycopg2.OperationalError: gone 7", "psycopg2.InterfaceError: gone 7"),
    (
        "two exceptions inside a sentence",
        "sync 7 failed: java.io.IOException: gone",
        "sync 7 failed: java.io.EOFException: gone",
    ),
    (
        "another missing module",
        "ModuleNotFoundError: No module named 'redis'",
        "ModuleNotFoundError: No module named 'jwt'",
    ),
    ("another missing key", python("KeyError: 'sku'", CART), python("KeyError: 'price'", CART)),
    ("another exception at one place", python("ValueError: bad", CART), python("TypeError: bad", CART)),
    (
        "another message at one place",
        python("ValueError: no such tax class", CART),
        python("ValueError: cart is empty", CART),
    ),
    (
        "another function of one file",
        python("ValueError: bad", CART),
        python("ValueError: bad", (CART[0], 50, "remove")),
    ),
    (
        "another file of one name",
        python("ValueError: bad", ("/app/users/models.py", 1, "get")),
        python("ValueError: bad", ("/app/carts/models.py", 1, "get")),
    ),
    (
        "another version of a folder",
        python("ValueError: bad", ("/app/v1/models.py", 1, "get")),
        python("ValueError: bad", ("/app/v2/models.py", 1, "get")),
    ),
    (
        "the cause is not what was raised from it",
        direct(python("OSError: gone", CART), python("RuntimeError: no", CART)),
        python("RuntimeError: no", CART),
    ),
    (
        "another recursion",
        python("RecursionError: deep", *repeated([("/app/a.py", 1, "f")], 9)),
        python("RecursionError: deep", *repeated([("/app/a.py", 3, "g")], 9)),
    ),
    (
        "two assertions",
        pytest_short("AssertionError: assert 1 == 2", ("tests/test_a.py", 3, "test_a")),
        pytest_short("AssertionError: assert 1 == 2", ("tests/test_a.py", 9, "test_b")),
    ),
    (
        "a test that got 401 and one that got 503",
        pytest_short("assert 401 == 200", ("tests/test_a.py", 3, "test_a")),
        pytest_short("assert 503 == 200", ("tests/test_a.py", 3, "test_a")),
    ),
    (
        "the client's view and the server's fault",
        pytest_short(
            "websockets.exceptions.ConnectionClosedError: received 1011 (internal error)",
            ("e2e/test_a.py", 3, "test_a"),
        ),
        python("ValueError: bad", CART),
    ),
    (
        "time-outs without a message at two places",
        python("TimeoutError", CART),
        python("TimeoutError", (CART[0], 50, "remove")),
    ),
    ("Java: two exceptions", java("java.io.IOException: gone", JV), java("java.io.EOFException: gone", JV)),
    (
        "Java: two classes of one name",
        java("java.io.IOException: gone", JV),
        java("java.io.IOException: gone", ("Cart.java", 5, "com.acme.admin.Cart.total")),
    ),
    (
        "Java: another cause",
        java("a.B: x", JV, caused_by=java("java.io.IOException: gone", JV)),
        java("a.B: x", JV, caused_by=java("java.lang.IllegalStateException: gone", JV)),
    ),
    (
        "JavaScript: another property",
        node("TypeError: Cannot read properties of undefined (reading 'price')", JS),
        node("TypeError: Cannot read properties of undefined (reading 'sku')", JS),
    ),
    ("JavaScript: another function", node("RangeError: bad", JS), node("RangeError: bad", (JS[0], 9, "subtotal"))),
    (
        "Go: another fault",
        go("runtime error: index out of range [5] with length 3", GO),
        go("runtime error: invalid memory address or nil pointer dereference", GO),
    ),
    (
        ".NET: another exception",
        dotnet("System.InvalidOperationException: no", CS),
        dotnet("System.ArgumentException: no", CS),
    ),
    (
        ".NET: another method",
        dotnet("System.ArgumentException: no", CS),
        dotnet("System.ArgumentException: no", (CS[0], 30, "Acme.Shop.Cart.Add")),
    ),
    ("Ruby: another exception", ruby("KeyError", "no", RB), ruby("TypeError", "no", RB)),
    ("Ruby: another method", ruby("KeyError", "no", RB), ruby("KeyError", "no", (RB[0], 20, "add"))),
]


@pytest.mark.parametrize(("sentence", "first", "second"), DIFFERENT, ids=[row[0] for row in DIFFERENT])
def test_two_failures(sentence: str, first: str, second: str) -> None:
    assert extract(first).id != extract(second).id, sentence


NEVER_MERGED = [
    (
        "states in capitals",
        [f"payment {state} for cart" for state in ("FAILED", "SUCCEEDED", "PENDING", "REFUSED", "EXPIRED")],
    ),
    ("participles", [f"connection {verb} by peer" for verb in ("opened", "closed", "aborted", "refused", "accepted")]),
    (
        "exception types",
        [f"sync of cart failed: acme.{name}Error raised" for name in ("Stock", "Price", "Tax", "Cart", "User")],
    ),
    ("signals", [f"worker died of {name} again" for name in ("SIGKILL", "SIGTERM", "SIGSEGV", "SIGABRT", "SIGBUS")]),
    ("opposites", [f"valve is {word} now" for word in ("on", "off", "up", "down", "open")]),
    ("first words", [f"{verb} the cart" for verb in ("Adding", "Removing", "Load", "Store", "Check", "Skip")]),
    ("what is denied", [f"there is no {thing} for cart" for thing in ("space", "route", "price", "stock", "tax")]),
    ("keys", [f"done {key}=5" for key in ("count", "size", "width", "height", "depth")]),
]


@pytest.mark.parametrize(("what", "lines"), NEVER_MERGED, ids=[row[0] for row in NEVER_MERGED])
def test_what_tells_failures_apart_is_never_merged_by_clustering(what: str, lines: list[str]) -> None:
    assert line_signatures(pl.Series(lines))["id"].n_unique() == len(lines), what


MERGED = [
    (
        "names of users",
        [f"session opened for user {name} by root" for name in ("ann", "bob")],
        "session opened for user <*> by root",
    ),
    ("hosts", [f"cannot resolve {name}" for name in ("db.example.com", "cache.example.org")], "cannot resolve <*>"),
    (
        "values of a key",
        [f"lock taken owner_name={name} x" for name in ("ann", "bob", "eve")],
        "lock taken owner_name=<*> x",
    ),
    ("quoted names", [f"table '{name}' is gone" for name in ("cart", "user", "tax")], "table '<*>' is gone"),
    (
        "four words at one place",
        [f"cannot find part {name} here" for name in ("wheel", "brake", "chain", "bell")],
        "cannot find part <*> here",
    ),
]


@pytest.mark.parametrize(("what", "lines", "template"), MERGED, ids=[row[0] for row in MERGED])
def test_parameters_without_digits_become_wildcards(what: str, lines: list[str], template: str) -> None:
    assert set(line_signatures(pl.Series(lines))["template"]) == {template}, what


def signatures(*texts: str) -> list[str]:
    named = {f"t{number:03}": text for number, text in enumerate(texts)}
    return [one.id for one in sign(Digest(), named).values()]


def test_names_in_the_messages_of_one_exception_at_one_place_are_parameters() -> None:
    names = ("ann", "bob", "eve", "dan", "kim")
    assert len(set(signatures(*(python(f"LookupError: no cart of {name} here", CART) for name in names)))) == 1


def test_two_missing_modules_are_two_failures_also_among_many_other_texts() -> None:
    missing = [python(f"ModuleNotFoundError: No module named '{name}'", CART) for name in ("redis", "jwt")]
    assert len(set(signatures(*missing, *(f"cart of {name} lost" for name in ("ann", "bob", "eve", "dan"))))) == 3


def test_messages_of_two_exceptions_never_share_a_template() -> None:
    names = ("ann", "bob", "eve", "dan", "kim")
    texts = [python(f"{kind}: no cart of {name} here", CART) for kind in ("LookupError", "KeyError") for name in names]
    assert len(set(signatures(*texts))) == 2
