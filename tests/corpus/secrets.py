"""Labelled lines for redaction: secrets in the places where logs show them, and what only looks like one.

Everything is drawn from a seeded generator at run time: no file of the project holds a text shaped like a credential.
"""

import base64
import json
import random
import string
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple
from urllib.parse import quote

SEED = 20_251_120
LOWER, ALNUM, HEX = string.ascii_lowercase, string.ascii_letters + string.digits, "0123456789abcdef"
URLSAFE = ALNUM + "-_"
WORDS = [
    "amber",
    "basil",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heron",
    "inlet",
    "juniper",
    "kelp",
    "lotus",
    "maple",
    "nectar",
    "onyx",
    "pearl",
    "quartz",
    "river",
]


class Labelled(NamedTuple):
    """A text, the kind of the secret in it, and the parts of the text that must not survive."""

    kind: str
    text: str
    secrets: tuple[str, ...]


class Draw:
    """Random parts of credentials."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def of(self, alphabet: str, length: int) -> str:
        """`length` characters; a digit and a letter of each case are among them when the alphabet has them."""
        body = [self.random.choice(alphabet) for _ in range(length)]
        for place, wanted in enumerate((string.digits, string.ascii_lowercase, string.ascii_uppercase)):
            usable = sorted(set(wanted) & set(alphabet))
            if usable and length > 6:
                body[1 + 2 * place] = self.random.choice(usable)
        return "".join(body)

    def one(self, options: list[str]) -> str:
        """One of the options."""
        return self.random.choice(options)

    def word(self) -> str:
        """A plain word."""
        return self.random.choice(WORDS)

    def password(self) -> str:
        """What people and generators choose."""
        return self.one(
            [
                f"{self.word()}{self.random.randint(10, 9999)}",
                f"{self.word().title()}-{self.word()}-{self.random.randint(10, 99)}!",
                self.of(ALNUM, 14),
                self.of(ALNUM + "!#%+~^", 18),
                f"{self.word()}{self.word()}{self.word()}",
            ]
        )

    def jwt(self) -> str:
        """A signed web token."""
        head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (
            {"alg": "RS256", "typ": "JWT", "kid": self.of(HEX, 8)}, {"sub": self.of(ALNUM, 12), "exp": 1_760_000_000},
        ))  # fmt: skip
        return f"{head}.{body}.{self.of(URLSAFE, 43)}"

    def pem(self, lines: int = 6) -> list[str]:
        """The lines of a private key."""
        body = [self.of(ALNUM + "+/", 64) for _ in range(lines)] + [self.of(ALNUM + "+/", 30) + "=="]
        name = self.one(["RSA ", "EC ", "", "OPENSSH ", "ENCRYPTED "])
        return ["-" * 5 + f"BEGIN {name}PRIVATE KEY" + "-" * 5, *body, "-" * 5 + f"END {name}PRIVATE KEY" + "-" * 5]


def prefixed(draw: Draw) -> Iterator[tuple[str, str]]:
    """(kind, token) of credentials with a prefix of their vendor; the prefixes are put together here."""
    a, h, u = (partial(draw.of, letters) for letters in (ALNUM, HEX, URLSAFE))
    yield from (
        ("google api key", "AI" + "za" + u(35)), ("google access token", "ya" + "29." + u(120)), ("google client secret", "GOC" + "SPX-" + u(28)),
        ("google refresh token", "1/" + "/0" + u(60)), ("aws key id", "AK" + "IA" + draw.of(string.ascii_uppercase + "234567", 16)),
        ("aws temporary key id", "AS" + "IA" + draw.of(string.ascii_uppercase + "234567", 16)),
        ("github token", "gh" + draw.one(["p", "o", "u", "s", "r"]) + "_" + a(36)), ("github fine-grained", "github" + "_pat_" + a(22) + "_" + a(59)),
        ("gitlab token", "gl" + "pat-" + u(20)), ("slack bot token", "xo" + "xb-" + draw.of(string.digits, 12) + "-" + a(24)),
        ("slack app token", "xa" + "pp-1-" + a(11) + "-" + draw.of(string.digits, 13) + "-" + h(64)),
        ("slack webhook", "hooks.sl" + "ack.com/services/T" + a(8) + "/B" + a(8) + "/" + a(24)),
        ("stripe key", "sk" + "_live_" + a(24)), ("stripe webhook", "wh" + "sec_" + a(32)), ("openai key", "sk" + "-proj-" + u(64)),
        ("openai old key", "sk" + "-" + a(48)), ("anthropic key", "sk" + "-ant-api03-" + u(90)), ("hugging face", "h" + "f_" + a(34)),
        ("npm token", "np" + "m_" + a(36)), ("package index token", "py" + "pi-AgEIcHlwaS5vcmc" + u(80)), ("sendgrid", "S" + "G." + u(22) + "." + u(43)),
        ("vault token", "hv" + "s." + u(90)), ("twilio", "S" + "K" + h(32)), ("digitalocean", "do" + "p_v1_" + h(64)), ("databricks", "da" + "pi" + h(32)),
        ("grafana", "gl" + "sa_" + a(32) + "_" + h(8)), ("atlassian", "ATA" + "TT3" + u(180)), ("docker hub", "dckr" + "_pat_" + u(27)),
        ("new relic", "NR" + "AK-" + draw.of(string.ascii_uppercase + string.digits, 27)), ("shopify", "shp" + "at_" + h(32)),
        ("telegram bot", draw.of("123456789", 9) + ":A" + "A" + u(33)), ("mailgun", "ke" + "y-" + h(32)), ("pulumi", "pu" + "l-" + h(40)),
        ("sentry", "sntry" + "u_" + h(64)), ("linear", "lin" + "_api_" + a(40)), ("azure client secret", a(3) + "8" + "Q~" + u(34)),
        ("jwt", draw.jwt()),
    )  # fmt: skip


AROUND = (
    "{}",
    "using credential {} for upload",
    "request failed: key {} was rejected (status 401)",
    '{{"severity":"ERROR","message":"call failed","value":"{}"}}',
    "GET /v1/items?k={} HTTP/1.1",
    "  env: X={}",
    "invalid credential '{}'",
    "[{}] rejected",
    "2025-09-09T19:09:34.123Z ERROR auth {}",
)


def in_context(draw: Draw) -> Iterator[Labelled]:
    """Credentials without a shape of their own, in each kind of place once."""
    a, h, p = draw.of(ALNUM, 32), draw.of(HEX, 40), draw.password
    user, host = draw.word(), f"{draw.word()}.internal"
    rows: list[tuple[str, str, str]] = []

    def add(kind: str, secret: str, *templates: str) -> None:
        rows.extend((kind, template.replace("@@", secret), secret) for template in templates)

    add(
        "bearer header",
        a,
        "Authorization: Bearer @@",
        "authorization=Bearer @@",
        '{"Authorization": "Bearer @@"}',
        "headers={'authorization': 'Bearer @@'}",
    )
    add(
        "token header",
        h,
        "Authorization: token @@",
        "X-Api-Key: @@",
        "X-Auth-Token: @@",
        "Private-Token: @@",
        '"x-api-key":"@@"',
        "x-goog-api-key: @@",
    )
    basic = base64.b64encode(f"{user}:{p()}".encode()).decode()
    add(
        "basic header",
        basic,
        "Authorization: Basic @@",
        "proxy-authorization: basic @@",
        "-H 'Authorization: Basic @@'",
    )
    for name in ("postgres", "mysql", "amqp", "redis", "https", "mongodb+srv"):
        add("url password", quote(p(), safe="!~^"), f"connecting to {name}://{user}:@@@{host}:5432/app failed")
    add(
        "password pair",
        p(),
        "password=@@",
        "db_password = '@@'",
        "MYSQL_PWD=@@",
        "user=x password=@@ dbname=y",
        "Password=@@;Database=x",
        "DB_PASS=@@",
        "passwd: @@",
    )
    add(
        "password json",
        p(),
        '{"user":"x","password":"@@","ttl":3}',
        '"dbPassword" : "@@"',
        "{'passphrase': '@@'}",
        r"{\"password\":\"@@\"}",
        '{"smtp_pass": "@@"}',
    )
    add(
        "secret pair",
        a,
        "client_secret=@@&grant_type=x",
        "SECRET_KEY=@@",
        "JWT_SECRET: @@",
        "clientSecret: '@@'",
        "app.secret=@@",
        "SECRET_KEY_BASE=@@",
    )
    add(
        "token pair",
        a,
        "access_token=@@&x=1",
        "refreshToken: '@@'",
        "?token=@@ ",
        "csrf_token=@@",
        'auth_token="@@"',
        "id_token=@@",
        "token%3D@@",
    )
    add(
        "api key pair",
        draw.of(ALNUM, 24),
        "api_key=@@",
        "apiKey: '@@'",
        "?apikey=@@&q=1",
        "API-KEY=@@",
        'api_key: "@@",',
    )
    add(
        "aws secret key",
        draw.of(ALNUM + "+/", 40),
        "aws_secret_access_key = @@",
        'AWS_SECRET_ACCESS_KEY="@@"',
        '"SecretAccessKey": "@@"',
        "AWS_SESSION_TOKEN=@@",
    )
    add(
        "azure storage key",
        draw.of(ALNUM + "+/", 86) + "==",
        "AccountName=x;AccountKey=@@;EndpointSuffix=core.windows.net",
        "SharedAccessKey=@@",
        "account_key='@@'",
    )
    add(
        "azure signature",
        quote(draw.of(ALNUM + "+/", 43) + "=", safe=""),
        "https://x.blob.core.windows.net/c/b?sv=2024-11-04&se=2025-09-09&sr=b&sp=r&sig=@@",
        "SharedAccessSignature sr=x&sig=@@&se=17",
    )
    add(
        "signed url",
        draw.of(HEX, 256),
        "https://storage.googleapis.com/b/o?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Expires=900&X-Goog-Signature=@@",
        "GET /b/o?X-Amz-Date=2025&X-Amz-Signature=@@ 200",
    )
    add(
        "cookie",
        draw.of(URLSAFE, 40),
        "Cookie: session=@@; theme=dark",
        "Set-Cookie: sid=@@; Path=/; HttpOnly",
        '{"cookie": "auth=@@"}',
        "cookie: _ga=GA1; connect.sid=@@",
    )
    add(
        "flag",
        p(),
        "running tool --user x --password @@ --verbose",
        "cmd: ['login', '--password', '@@']",
        "mysqldump -u root -p@@ app",
        f"curl -u {user}:@@ https://{host}/x",
    )
    add("token flag", a, "deploy --token @@ --region x", "cli --api-key @@", "helm --client-secret @@ up")
    block = draw.pem()
    for kind, key in (
        ("pem", "\n".join(block)),
        (
            "pem in json",
            '{"type":"service_account","private_key":"'
            + "\\n".join(block)
            + '\\n","client_email":"x@p.iam.gserviceaccount.com"}',
        ),
        ("pem in json in json", r"{\"private_key\":\"" + "\\\\n".join(block) + r"\"}"),
        (
            "pem with prefixes",
            "\n".join(f"2025-09-09T19:09:34.{n:03}Z stdout F {line}" for n, line in enumerate(block)),
        ),
        ("pem cut off", "\n".join(block[:4])),
    ):
        yield Labelled(kind, key, tuple(line for line in block[1:-1] if line in key))
    value = base64.b64encode(p().encode() * 2).decode()
    yield Labelled(
        "kubernetes secret",
        f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {user}\ndata:\n  {draw.word()}: {value}\n",
        (value,),
    )
    yield Labelled("kubernetes secret", json.dumps({"kind": "Secret", "data": {draw.word(): value}}), (value,))
    for kind, text, secret in rows:
        yield Labelled(kind, text, (secret,))


def positives(rounds: int = 12, seed: int = SEED) -> list[Labelled]:
    """Each prefixed credential and each place, `rounds` times with other characters; log text around it varies."""
    found: list[Labelled] = []
    for number in range(rounds):
        draw = Draw(seed + number)
        for kind, token in prefixed(draw):
            found.append(Labelled(kind, draw.one(list(AROUND)).format(token), (token,)))
        found += in_context(draw)
    return found


def negatives(rounds: int = 20, seed: int = SEED) -> list[str]:
    """Lines that an engineer needs as they are."""
    return [line for number in range(rounds) for line in _innocent(Draw(seed + 1000 + number))]


def _innocent(draw: Draw) -> Iterator[str]:
    h: Callable[[int], str] = lambda n: draw.of(HEX, n)  # noqa: E731  # one letter keeps the table readable
    number: Callable[[], int] = lambda: draw.random.randint(2, 99_999)  # noqa: E731  # as above
    uuid = f"{h(8)}-{h(4)}-4{h(3)}-a{h(3)}-{h(12)}"
    name = f"{draw.word()}-{draw.word()}"
    yield from (
        f"commit {h(40)} by build {uuid}", f"deployed {h(7)} to {name}-{number():05}-{draw.of(LOWER, 3)}", f"trace={h(32)} span={h(16)}",
        f"image gcr.io/p/{name}@sha256:{h(64)}", f'etag: "{h(32)}"', f"revision_name={name}-{number():05}-abc", f"md5={h(32)} size={number()}",
        f"the token expired after {number()} s", "password must be at least 8 characters", "secret not found: db-password", f"Unexpected token: punc ({number()})",
        f"max_tokens={number()} prompt_tokens: {number()}", f"total_token_count={number()}", "token_type: Bearer", "Bearer authentication is required",
        "basic authentication failed for user", "password=None token=null", "password: required", f"next_page_token={draw.of(ALNUM, 24)}", "api_key=<redacted>",
        "password=********", "password=${DB_PASSWORD}", "token={{ token }}", f"secretKeyRef: {{name: {name}, key: password}}", f"secretName: {name}-tls-{number()}",
        f"secret: projects/p/secrets/{name}/versions/{number()}", 'password = os.environ["DB_PASSWORD"]', "token = self.get_token(user)", "assert token == expected_token",
        "def login(user: str, password: str) -> Token:", "passwordField: visible", f"PASS: TestLogin ({number()}ms)", f"--- PASS: TestToken{number()} (0.00s)",
        f"passed={number()} failed={number()}", f"PWD=/home/{draw.word()}/app", f"pwd: /workspace/{name}", f"https://{draw.word()}.run.app/v1/items/{number()}?page=2",
        f"at com.{draw.word()}.auth.TokenStore.load(TokenStore.java:{number()})", f'File "/app/{draw.word()}/tokens.py", line {number()}, in refresh_token',
        f"KeyError: '{draw.word()}_token'", f"cookie: missing for path /{draw.word()}", "Authorization header is missing", "authorization: required",
        f"idempotency_key={uuid} request_id={uuid}", f"session_id={uuid}", f"partition_key={h(12)} sort_key={number()}", f"cache_key=item:{number()}:v2",
        f"public_key_id={h(16)}", f"Secret {name} mounted at /etc/secrets", f"10.{number() % 250}.0.{number() % 250}:8080 refused", f"user agent Chrome/120.0.{number()}.0",
        f"insertId={draw.of(LOWER + string.digits, 16)}", f"base64 checksum {base64.b64encode(draw.of(ALNUM, 15).encode()).decode()}", f"go: module {name}@v1.{number()}.0",
        f"sha512-{base64.b64encode(draw.of(ALNUM, 64).encode()).decode()}", f"jwt audience {name} does not match", f"risk-{h(8)} task-{h(32)}",
        f"monkey-{h(12)} whiskey-{h(8)}", f"pat-{number()}.{h(16)}", f"invalid signature={draw.word()}", f"pod/{name}-{h(10)}-{draw.of(LOWER + '2345', 5)}",
        "errors: {'password': ['This field is required.']}", f"passphrase for key {name}: none", f"ssh-host-key check passed for {name}",
        f"tokens: {number()}, cost: 0.{number()}", "credentials: include, mode: cors", f"token bucket={draw.word()} rate={number()}",
    )  # fmt: skip
