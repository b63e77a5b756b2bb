"""Further places where programs print a credential: environments, elements, rows, pairs, blocks, encodings."""

import base64
import json
from collections.abc import Iterator
from urllib.parse import quote

from corpus.draw import ALNUM, HEX, URLSAFE, Draw

_OF_A_TOKEN = (
    # (kind of place, the text around the secret, which stands at @@)
    ("environment", '{"name": "SMTP_TOKEN", "value": "@@"}'),
    ("environment", "- name: SMTP_TOKEN\n  value: @@"),
    ("environment", '<add key="ClientSecret" value="@@" />'),
    ("environment", "declare -x DEPLOY_TOKEN=@@"),
    ("element", "<clientSecret>@@</clientSecret>"),
    ("element", "<wsse:BinarySecurityToken>\n  @@\n</wsse:BinarySecurityToken>"),
    ("element", "&lt;ApiKey&gt;@@&lt;/ApiKey&gt;"),
    ("pair", "headers=[(b'x-api-key', b'@@'), (b'accept', b'*/*')]"),
    ("pair", "('Authorization', 'Bearer @@')"),
    ("pair", 'getOrDefault("api_token", "@@")'),
    ("row", "serviceToken,@@,eu-west-1"),
    ("block", "deploy_token: |\n  @@"),
    ("block", "deploy_token: >-\n    @@"),
    ("assignment", 'var sessionToken string = "@@"'),
    ("assignment", 'token: str = "@@"'),
    ("assignment", "API_SECRET ?= @@"),
    ("assignment", "$apiKey .= '@@'"),
    ("assignment", 'if token != "@@":'),
    ("key of a kind", "x-subscription-key: @@"),
    ("key of a kind", "DD-APPLICATION-KEY: @@"),
    ("key of a kind", "storageKey=@@"),
    ("key of a kind", "webhook_key = '@@'"),
    ("key of a kind", '"credentials" : "@@"'),
    ("key of a kind", "creds = @@"),
    ("escaped", "%22access_token%22%3A%22@@%22"),
    ("escaped", "&quot;token&quot;:&quot;@@&quot;"),
    ("escaped", r"\u0022apiKey\u0022:\u0022@@\u0022"),
    ("escaped", "Authorization%3A%20Bearer%20@@"),
    ("scheme", "Authorization: Api-Token @@"),
    ("scheme", "Authorization: Hmac @@"),
    ("scheme", "Authorization: @@"),
    ("query", "GET /callback?code=@@&state=x HTTP/1.1"),
    ("query", "https://maps.invalid/v1/route?key=@@&q=2"),
    ("query", "redirect to /login?ticket=@@"),
    ("session cookie", "set laravel_session=@@; path=/"),
    ("key in a url", "git clone https://@@@git.internal/a/b.git failed"),
    ("key in a url", "remote: https://@@:x-oauth-basic@git.internal/a/b.git"),
    ("login", 'curl -s --user "api:@@" https://mail.internal/v3'),
    ("login", "curl -u developer:@@ https://cache.internal"),
    ("login", 'curl https://pay.internal/v1/charges -u "@@:"'),
    ("login", "$ curl https://api.internal/oauth2/token \\\n  --user client7:@@ --data grant_type=x"),
)


def elsewhere(draw: Draw) -> Iterator[tuple[str, str, str]]:
    """(kind, text, the part of it that must not survive)."""
    for kind, around in _OF_A_TOKEN:
        token = draw.of(ALNUM, 32)
        yield kind, around.replace("@@", token), token
    password = draw.password()
    yield "element", f"<password>{password}</password>", password
    yield from _encoded(draw)
    yield from _manifests(draw)


def _encoded(draw: Draw) -> Iterator[tuple[str, str, str]]:
    inside = {
        "base64 of a pair": f"user={draw.word()}\npassword={draw.password()}\n",
        "base64 of json": json.dumps({"type": "x", "api_key": draw.of(ALNUM, 32), "n": 1}),
        "base64 of a token": draw.jwt(),
        "base64 of a key": "\n".join(draw.pem()),
    }
    for kind, plain in inside.items():
        whole = base64.b64encode(plain.encode()).decode()
        yield kind, f"payload {whole} rejected", whole
        yield kind, json.dumps({"data": whole}), whole
    login = base64.b64encode(f"{draw.word()}:{draw.of(URLSAFE, 12)}".encode()).decode()
    yield "docker login", json.dumps({"auths": {"r.internal": {"auth": login}}}), login
    signature = quote(draw.of(HEX, 64), safe="")
    yield "signed url", f"Authorization: V4-HMAC SignedHeaders=host, Signature={signature}", signature


def _manifests(draw: Draw) -> Iterator[tuple[str, str, str]]:
    value = base64.b64encode(draw.of(ALNUM, 30).encode()).decode()
    name = draw.word()
    for text in (
        f"apiVersion: v1\nkind: Secret\ndata:\n  # encoded\n  {name}: {value}\n",
        f"apiVersion: v1\ndata:\n\t{name}: {value}\nkind: secret\nmetadata:\n\tname: x",
        f"apiVersion: 'v1'\ndata:\n  {name}: '{value}'\nkind: 'Secret'\n",
        f"kind: Secret\ndata:\n  .dockerconfigjson: |\n    {value}\ntype: x\n",
    ):
        yield "manifest", text, value
