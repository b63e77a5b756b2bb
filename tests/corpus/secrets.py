"""Labelled texts for redaction: secrets in the places where logs show them."""

import base64
import json
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from corpus.draw import ALNUM, HEX, URLSAFE, Draw
from corpus.issued import more, prefixed
from corpus.places import elsewhere

SEED = 20_251_120


class Labelled(NamedTuple):
    """A text, the kind of the secret in it, and the parts of the text that must not survive."""

    kind: str
    text: str
    secrets: tuple[str, ...]


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
        for kind, token, drawn in (*((kind, token, (token,)) for kind, token in prefixed(draw)), *more(draw)):
            found.append(Labelled(kind, draw.one(list(AROUND)).format(token), drawn))
        found += in_context(draw)
        found += [Labelled(kind, text, (secret,)) for kind, text, secret in elsewhere(draw)]
    return found
