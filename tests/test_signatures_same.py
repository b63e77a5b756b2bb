"""Pairs of texts that a person would call the same failure."""

import pytest
from signature_texts import direct, dotnet, go, handling, java, node, pytest_long, pytest_short, python, repeated, ruby

from rca.signatures import extract

CART = ("/app/shop/cart.py", 41, "add")
VIEW = ("/app/shop/views.py", 12, "post")
LIB = ("/usr/local/lib/python3.11/site-packages/flask/app.py", 1823, "dispatch_request")
TAX = "ValueError: unknown tax class 'books'"
ORDER = ("OrderService.java", 88, "com.acme.order.OrderService.place")
WEB = ("FrameworkServlet.java", 1014, "org.springframework.web.servlet.FrameworkServlet.service")
NPE = "java.lang.NullPointerException: customer is null"
JS = ("/app/src/cart/total.js", 14, "total")
JSE = "TypeError: Cannot read properties of undefined (reading 'price')"
GO = ("/app/internal/cart/cart.go", 31, "acme.example/shop/internal/cart.(*Cart).Total")
GOE = "runtime error: index out of range [5] with length 3"
CS = ("/src/Shop/Cart.cs", 20, "Acme.Shop.Cart.Total")
CSE = "System.InvalidOperationException: Sequence contains no elements"
RB = ("/app/app/models/cart.rb", 9, "total")
PING, PONG = ("/srv/app/loop.py", 5, "ping"), ("/srv/app/loop.py", 9, "pong")
SUPPRESSED = (
    "\n\tSuppressed: a.C: y\n\t\tat a.D.close(D.java:3)\n\tCaused by: a.E: z\n\t\tat a.D.end(D.java:4)\nCaused by: "
)

SAME = [
    ("a boolean that is no outcome is a parameter", "fetched 7 cached=true", "fetched 9 cached=false"),
    ("lists have any length", "batch of [1, 2, 3] rejected", "batch of [9, 8] rejected"),
    ("numbers are parameters", "user 17 not in shard 3", "user 98123 not in shard 11"),
    (
        "UUIDs are parameters",
        "job 6f1b2c1e-0d5e-4c35-9d8b-0a1c8a0e7f11 lost",
        "job 0b9c7a52-7f0e-4c15-8f55-2f2c6f1f9f0c lost",
    ),
    ("addresses and ports are parameters", "cannot reach 10.0.0.1:5432", "cannot reach 192.168.7.20:6543"),
    ("IPv6 addresses are parameters", "peer fe80::1ff:fe23:4567:890a left", "peer 2001:db8::ff00:42:8329 left"),
    ("hex pointers are parameters", "leak at 0x7ffe12ab", "leak at 0x00001f"),
    ("durations are parameters", "query took 12ms", "query took 4503ms"),
    ("sizes are parameters", "sent 1190 bytes (1.16 KB)", "sent 7 bytes"),
    (
        "time stamps inside a message are parameters",
        "token expired at 2025-09-09T19:09:36Z",
        "token expired at 2024-01-01T00:00:00Z",
    ),
    ("dates in words are parameters", "last seen Mon Jun 20 03:40:59 2005", "last seen Tue Dec 6 23:01:02 2022"),
    ("e-mail addresses are parameters", "no mailbox for ann@example.com", "no mailbox for bob.smith@mail.example.org"),
    ("booleans are parameters", "retry=true after failure", "retry=false after failure"),
    ("long lists are parameters", "missing shards 1, 2, 3, 4, 5, 6", "missing shards 7, 8, 9, 10, 11, 12, 13, 14"),
    ("a logger's prefix does not count", "2025-01-01 10:00:00,123 ERROR shop.cart - cart 5 is gone", "cart 7 is gone"),
    (
        "another logger's prefix does not count",
        "ERROR:shop.cart:cart 5 is gone",
        "[2025-01-01T10:00:00Z] ERROR cart 6 is gone",
    ),
    (
        "the prefix of syslog does not count",
        "Jun 15 02:04:59 host7 cartd(shop)[20884]: cart 5 is gone",
        "cart 6 is gone",
    ),
    (
        "the prefix of logcat does not count",
        "03-17 16:13:38.859  2227  2227 D CartView: cart 5 is gone",
        "cart 6 is gone",
    ),
    (
        "the thread of a Java logger does not count",
        "2015-10-18 18:01:50,353 WARN [renew:x@10.0.0.1:80] org.acme.Cart: cart 5 is gone",
        "cart 6 is gone",
    ),
    ("colours do not count", "\x1b[31mcart 5 is gone\x1b[0m", "cart 6 is gone"),
    ("spaces do not count", "cart  5\tis gone ", "cart 6 is gone"),
    (
        "the variable part of a route is a parameter",
        "GET /api/carts/17 refused: stale",
        "GET /api/carts/4/ refused: stale".replace("4/", "4"),
    ),
    (
        "the port of a client is a parameter",
        '10.0.0.1:51 - "GET /x HTTP/1.1" 503 Service Unavailable',
        '10.0.0.9:999 - "GET /x HTTP/1.1" 503 Service Unavailable',
    ),
    (
        "line numbers shift with every commit",
        python(TAX, VIEW, CART),
        python(TAX, ("/app/shop/views.py", 99, "post"), ("/app/shop/cart.py", 52, "add")),
    ),
    ("another caller, the same place", python(TAX, VIEW, CART), python(TAX, ("/app/shop/jobs.py", 3, "nightly"), CART)),
    ("library frames around it do not count", python(TAX, LIB, VIEW, CART), python(TAX, VIEW, CART)),
    (
        "deployed to another root",
        python(TAX, CART),
        python(TAX, ("/home/runner/work/shop/shop/shop/cart.py", 41, "add")),
    ),
    ("on Windows", python(TAX, CART), python(TAX, ("C:\\Users\\ann\\shop\\cart.py", 41, "add"))),
    (
        "raised below in a library",
        python("KeyError: 'sku'", CART, LIB),
        python("KeyError: 'sku'", CART, ("/venv/lib/python3.12/site-packages/werkzeug/ds.py", 5, "get")),
    ),
    (
        "in the log and in a test, long style",
        python(TAX, VIEW, CART),
        pytest_long(TAX, ("tests/test_cart.py", 8, "test_add"), ("shop/cart.py", 41, "add")),
    ),
    (
        "in the log and in a test, short style",
        python(TAX, VIEW, CART),
        pytest_short(TAX, ("tests/test_cart.py", 8, "test_add"), ("shop/cart.py", 41, "add")),
    ),
    (
        "in two tests",
        pytest_short(TAX, ("tests/test_a.py", 8, "test_a"), CART),
        pytest_short(TAX, ("tests/test_b.py", 5, "test_b"), CART),
    ),
    (
        "a client error that two tests met",
        pytest_short("TimeoutError: timed out during opening handshake", ("e2e/test_a.py", 8, "test_a")),
        pytest_short("TimeoutError: timed out during opening handshake", ("e2e/test_b.py", 4, "test_b")),
    ),
    (
        "a message of a logger before the traceback",
        "ERROR:    Exception in ASGI application\n" + python(TAX, CART),
        python(TAX, CART),
    ),
    (
        "the value in the message differs",
        python("ValueError: bad id 17", CART),
        python("ValueError: bad id 4711", CART),
    ),
    (
        "every line has the prefix of a container",
        "\n".join(f"shop-1  | {line}" for line in python(TAX, VIEW, CART).splitlines()),
        python(TAX, CART),
    ),
    (
        "every line has a time stamp",
        "\n".join(f"2025-01-01T00:00:0{n}Z {line}" for n, line in enumerate(python(TAX, VIEW, CART).splitlines())),
        python(TAX, CART),
    ),
    (
        "Java: a suppressed exception does not hide the cause",
        java("a.B: x", WEB) + SUPPRESSED + java(NPE, ORDER),
        java(NPE, ORDER),
    ),
    ("its head was cut off", python(TAX, VIEW, CART).split("\n", 1)[1], python(TAX, VIEW, CART)),
    (
        "markers of Python 3.13 do not count",
        python(TAX, CART).replace("    call()\n", "    call()\n    ~~~~^^\n"),
        python(TAX, CART),
    ),
    (
        "wrapped by two different exceptions, one explicit cause",
        direct(python(TAX, CART), python("RuntimeError: a", VIEW)),
        direct(python(TAX, CART), python("LookupError: b", VIEW)),
    ),
    (
        "another exception was being handled",
        handling(python("KeyError: 1", VIEW), python(TAX, CART)),
        python(TAX, CART),
    ),
    (
        "quoted by what wrapped it",
        handling(python(TAX, CART), python("RuntimeError: failed: unknown tax class 'books'", VIEW)),
        python(TAX, CART),
    ),
    (
        "a recursion of another depth",
        python("RecursionError: maximum recursion depth exceeded", VIEW, *repeated([PING, PONG], 40)),
        python("RecursionError: maximum recursion depth exceeded in comparison", *repeated([PING, PONG], 90)),
    ),
    (
        "a recursion entered elsewhere",
        python("RecursionError: maximum recursion depth exceeded", VIEW, *repeated([PONG, PING], 40)),
        python("RecursionError: maximum recursion depth exceeded", CART, *repeated([PING, PONG], 90)),
    ),
    ("Java: another line", java(NPE, WEB, ORDER), java(NPE, WEB, ("OrderService.java", 91, ORDER[2]))),
    (
        "Java: a lambda is numbered by the compiler",
        java(NPE, ("A.java", 1, "com.acme.A.lambda$run$0")),
        java(NPE, ("A.java", 1, "com.acme.A.lambda$run$3")),
    ),
    (
        "Java: the deepest cause decides",
        java("com.acme.WebException: a", WEB, caused_by=java(NPE, ORDER)),
        java("com.acme.JobException: b", WEB, caused_by=java(NPE, ORDER)),
    ),
    ("Java: in a thread", 'Exception in thread "main" ' + java(NPE, ORDER), java(NPE, ORDER)),
    (
        "JavaScript: another root",
        node(JSE, JS),
        node(JSE, ("/home/runner/work/shop/shop/src/cart/total.js", 20, "total")),
    ),
    (
        "JavaScript: async callers",
        node(JSE, ("/app/src/http.js", 3, "async handle"), JS),
        node(JSE, ("/app/node_modules/express/lib/router.js", 3, "next"), JS),
    ),
    ("JavaScript: uncaught", "Uncaught " + node(JSE, JS), node(JSE, JS)),
    (
        "Go: another goroutine and other pointers",
        go(GOE, GO),
        go(GOE.replace("5", "9"), ("/app/internal/cart/cart.go", 40, GO[2]), goroutine=77),
    ),
    (
        "Go: a closure is numbered by the compiler",
        go(GOE, ("/app/a/a.go", 1, "acme/a.Run.func1")),
        go(GOE, ("/app/a/a.go", 1, "acme/a.Run.func2")),
    ),
    (".NET: another line", dotnet(CSE, CS), dotnet(CSE, ("/src/Shop/Cart.cs", 29, CS[2]))),
    (
        ".NET: an inner exception decides",
        f"Acme.Shop.OrderException: a ---> {dotnet(CSE, CS)}\n   --- End of inner exception stack trace ---\n   at Acme.Web.Run(Int32 id)",
        dotnet(CSE, CS),
    ),
    (
        "Ruby: another caller",
        ruby("KeyError", "key not found: :sku", RB),
        ruby("KeyError", "key not found: :sku", ("/app/bin/job.rb", 3, "run"), RB),
    ),
    (
        "Ruby: a block",
        ruby("KeyError", "key not found: :sku", RB),
        ruby("KeyError", "key not found: :sku", (RB[0], 11, "block in total")),
    ),
]


@pytest.mark.parametrize(("sentence", "first", "second"), SAME, ids=[row[0] for row in SAME])
def test_same_failure(sentence: str, first: str, second: str) -> None:
    one, other = extract(first), extract(second)
    assert one.id == other.id, f"{sentence}: {one.parts} != {other.parts}"
