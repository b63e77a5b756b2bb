"""Ownership: which frames are the application's own, and what a file is called wherever it was deployed."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from rca.model.signature import Frame

LIBRARY_FILE = re.compile(
    r"(?:^|/)(?:site-packages|dist-packages|node_modules|vendor|gems|\.cargo|rustc|go/pkg/mod|usr/local/go|golang\.org)/"
    r"|(?:^|/)lib(?:64)?/(?:python\d|ruby|node|jvm|go)"
    r"|(?:^|/)(?:[Pp]ython\d[\w.\-]*|Python)/[Ll]ib/|(?:^|/)\.pyenv/|/Versions/\d[\d.]*/lib/"
    r"|^<(?:frozen|string|stdin|attrs|template|internal|anonymous)"
    r"|\.(?:pyx|pxd|pxi)$"  # compiled extensions print their source's name without its folder
    r"|^node:|^internal/|^native$|^bun:|^deno:|^ext:"
)
LIBRARY_CODE = {
    "java": re.compile(
        r"^(?:app//)?(?:java\.base/|jdk\.\w+/|java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|groovy|clojure|android|androidx|dalvik"
        r"|org\.(?:springframework|apache|hibernate|eclipse|junit|jboss|gradle|slf4j|jetbrains|postgresql|h2|mockito|thymeleaf|quartz|codehaus|glassfish|mariadb|redisson|aspectj|opentest4j|assertj|hamcrest|testng|yaml|json|bouncycastle|flywaydb|jooq|mongodb)"
        r"|com\.(?:google|fasterxml|zaxxer|mysql|mongodb|amazonaws|netflix|squareup|microsoft|oracle|github\.benmanes|rabbitmq|datastax|ibm|intellij|android)"
        r"|io\.(?:netty|grpc|micrometer|reactivex|projectreactor|vertx|undertow|quarkus|micronaut|lettuce|opentelemetry|r2dbc|ktor|jsonwebtoken)"
        r"|reactor|ch\.qos|okhttp3|retrofit2|net\.bytebuddy|redis\.clients|software\.amazon|worker\.org\.gradle|lombok|rx|akka|play)[./]"
    ),
    "dotnet": re.compile(
        r"^(?:System|Microsoft|Newtonsoft|Npgsql|Grpc|Polly|Serilog|NLog|AutoMapper|MediatR|Dapper|StackExchange|Xunit|NUnit|Moq|FluentAssertions|Google|Azure|Amazon|MySql|MongoDB|RabbitMQ|MassTransit|Hangfire|Castle|Swashbuckle|Internal|Interop)\."
    ),
    "go": re.compile(
        r"^(?:runtime|net|net/[\w/]+|os|os/\w+|io|io/\w+|sync|sync/\w+|reflect|context|testing|testing/\w+|bufio|bytes|errors|fmt|log|log/\w+|strings|strconv|sort|time|syscall|encoding/\w+|database/sql|crypto(?:/\w+)*|html/\w+|text/\w+|path(?:/\w+)?|regexp|math(?:/\w+)*|internal/[\w/]+|compress/\w+|container/\w+|google\.golang\.org/[\w./\-]+|golang\.org/[\w./\-]+|github\.com/(?:gin-gonic|labstack|gorilla|go-chi|jackc|lib/pq|go-redis|redis|stretchr|spf13|sirupsen|uber-go|gofiber|valyala|grpc-ecosystem|go-sql-driver|jmoiron|prometheus)[\w./\-]*|go\.uber\.org/\w+|gorm\.io/[\w/]+|go\.mongodb\.org/[\w./\-]+)\.[^/]*$"
    ),
}
"""Namespaces of runtimes and of the most used frameworks; there the file name does not tell."""

_NAMED: ContextVar[re.Pattern[str] | None] = ContextVar("named", default=None)


@contextmanager
def owned(packages: Sequence[str]) -> Iterator[None]:
    """Inside, frames of these packages or folders are the application's own, wherever they are installed."""
    names = "|".join(re.escape(name.strip("/").replace(".", "/")).replace("/", "[./]") for name in packages)
    token = _NAMED.set(re.compile(rf"(?:^|/)(?:{names})(?:[./$:]|$)") if names else None)
    try:
        yield
    finally:
        _NAMED.reset(token)


_ROOTS = re.compile(
    r"^(?:webpack(?:-internal)?:/{1,3}(?:\./)?|file:/{2,3}|[A-Za-z]:/|/)"
    r"(?:home/runner/work/[^/]+/[^/]+/|__w/[^/]+/[^/]+/|github/workspace/|builds/[^/]+/[^/]+/|usr/src/app/|usr/src/|var/task/|var/www/(?:html/)?|opt/[^/]+/"
    r"|home/[^/]+/|Users/[^/]+/|root/|app/|srv/|workspaces?/|code/|src/(?=src/)|layers/[^/]+/[^/]+/|go/src/)?"
)
_PACKAGES = re.compile(r"^.*(?:site-packages|dist-packages|node_modules|/gems|go/pkg/mod|usr/local/go/src)/")
_STDLIB = re.compile(r"^.*/lib(?:64)?/python\d[\d.]*/|^.*[Pp]ython\d[\w.\-]*/[Ll]ib/")
_DOTS = re.compile(r"^(?:\.{1,2}/)+")
_QUERY = re.compile(r"[?#].*$")


def relative(file: str) -> str:
    """The file's name below the root it was deployed to; library files below the folder of packages."""
    path = _QUERY.sub("", file.replace("\\", "/")) if not file.startswith("<") else file
    for pattern in (_PACKAGES, _STDLIB):
        short = pattern.sub("", path)
        if short != path:
            return short
    stripped = _DOTS.sub("", _ROOTS.sub("", _DOTS.sub("", path), count=1))
    return stripped or path


def is_own(file: str, code: str, language: str) -> bool:
    """True for the application's own code; `code` is the qualified function where the language prints one."""
    named = _NAMED.get()
    if named and (named.search(file.replace("\\", "/")) or named.search(code)):
        return True
    if LIBRARY_FILE.search(file.replace("\\", "/")):
        return False
    pattern = LIBRARY_CODE.get(language)
    return not (pattern and pattern.match(code))


def frame(file: str, line: int | None, function: str, language: str, code: str = "") -> Frame:
    """A frame with its file made relative and its owner decided."""
    return Frame(file=relative(file), line=line, function=function, own=is_own(file, code or function, language))


TEST_FILE = re.compile(
    r"(?:^|/)(?:tests?(?:[_\-][^/]*)?|e2e[^/]*|specs?|__tests__|testing|integration|it)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_tests?|[^/]*_test_[^/]*|conftest|[^/]*[.\-_](?:test|spec)|[^/]*(?:Tests?|Spec|IT))\.\w+$"
)


def is_test(file: str) -> bool:
    """True for files of a test suite, told by their names."""
    return bool(TEST_FILE.search(file))
