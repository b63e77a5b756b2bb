"""Exceptions as runtimes print them, to be cut into one entry a line."""

PYTHON = """Traceback (most recent call last):
  File "/app/main.py", line 10, in handler
    work()
    ~~~~^^
  File "/app/work.py", line 3, in work
    raise ValueError("bad value")
ValueError: bad value"""

CHAIN = f"""{PYTHON}

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/main.py", line 12, in handler
    raise RuntimeError("could not work") from error
RuntimeError: could not work

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/main.py", line 14, in handler
    del missing
app.errors.Cleanup: nothing to clean"""

GROUP = """  + Exception Group Traceback (most recent call last):
  |   File "/app/main.py", line 4, in <module>
  |     raise ExceptionGroup("two", [one, other])
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/main.py", line 2, in <module>
    |     raise ValueError(1)
    | ValueError: 1
    +---------------- 2 ----------------
    | TypeError: 2
    +------------------------------------"""

RECURSION = """Traceback (most recent call last):
  File "/app/loop.py", line 2, in again
    again()
  [Previous line repeated 995 more times]
RecursionError: maximum recursion depth exceeded"""

SYNTAX = """  File "/app/broken.py", line 3
    def broken(
              ^
SyntaxError: '(' was never closed"""

NOTES = """Traceback (most recent call last):
  File "/app/main.py", line 1, in <module>
    raise error
sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (1364, "no default")
[SQL: INSERT INTO users (name) VALUES (%(name)s)]
[parameters: {'name': 'x'}]
(Background on this error at: https://sqlalche.me/e/20/e3q8)"""

MODEL = """Traceback (most recent call last):
  File "/app/settings.py", line 1, in <module>
    Settings()
pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings
database_url
  Field required [type=missing, input_value={}, input_type=dict]
    For further information visit https://errors.pydantic.dev/2/v/missing"""

UVICORN = f"ERROR:    Exception in ASGI application\n{PYTHON}"
ASYNCIO = f"ERROR:asyncio:Task exception was never retrieved\nfuture: <Task finished name='t'>\n{PYTHON}"
LOGGING = f"2026-01-01 00:00:00,000 ERROR app: request failed\n{PYTHON}"
SPAWNED = f"Exception in thread Thread-1 (work):\n{PYTHON}"

JAVA = """Exception in thread "main" java.lang.IllegalStateException: no context
\tat com.example.App.start(App.java:31)
\tat com.example.App.main(App.java:12)
Caused by: java.sql.SQLException: connection refused
\tat com.example.Db.open(Db.java:7)
\t... 2 more"""

SPRING = """2026-01-01 00:00:00.000 ERROR 1 --- [nio-8080] o.a.c.c.C.[dispatcherServlet] : Servlet.service() threw exception
java.lang.NullPointerException: Cannot invoke "String.length()" because "name" is null
\tat com.example.Names.length(Names.java:9) ~[app.jar:1.0]
\tSuppressed: java.io.IOException: closed
\t\tat com.example.Names.close(Names.java:20)"""

NODE = """/app/server.js:14
    throw new TypeError("boom");
    ^
TypeError: boom
    at handler (/app/server.js:14:11)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5) {
  code: 'EBOOM'
}
Node.js v20.11.0"""

GO = """panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48]
goroutine 1 [running]:
main.(*Server).serve(0x0)
\t/app/main.go:12 +0x1d
main.main()
\t/app/main.go:7 +0x25
exit status 2"""

DOTNET = """Unhandled exception. System.InvalidOperationException: outer
 ---> System.Exception: inner
   at App.Db.Open() in /src/Db.cs:line 12
   --- End of inner exception stack trace ---
   at App.Program.Main(String[] args) in /src/Program.cs:line 7"""

RUBY = """app.rb:3:in `fetch': no such item (KeyError)
\tfrom app.rb:7:in `item'
\tfrom app.rb:11:in `<main>'"""

RUST = """thread 'main' panicked at src/main.rs:4:10:
called `Option::unwrap()` on a `None` value
stack backtrace:
   0: rust_begin_unwind
             at /rustc/abc/library/std/src/panicking.rs:645:5
   1: app::main
             at ./src/main.rs:4:10
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace."""

PHP = """PHP Fatal error:  Uncaught RuntimeException: no connection in /app/db.php:3
Stack trace:
#0 /app/index.php(7): connect()
#1 {main}
  thrown in /app/db.php on line 3"""

PRINTED = {
    "Python": PYTHON,
    "Python with a chain": CHAIN,
    "Python exception group": GROUP,
    "Python recursion": RECURSION,
    "Python syntax error without a head": SYNTAX,
    "SQLAlchemy details beneath": NOTES,
    "a message of several lines": MODEL,
    "uvicorn's line above": UVICORN,
    "asyncio's lines above": ASYNCIO,
    "a logger's line above": LOGGING,
    "a thread's line above": SPAWNED,
    "Java with a cause": JAVA,
    "Java through a logger": SPRING,
    "Node": NODE,
    "Go": GO,
    ".NET": DOTNET,
    "Ruby": RUBY,
    "Rust": RUST,
    "PHP": PHP,
}
