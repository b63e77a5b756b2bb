"""Lines that an engineer needs as they are, however much they look like a credential."""

import base64
import string
from collections.abc import Callable, Iterator

from corpus.draw import ALNUM, HEX, LOWER, Draw

SEED = 20_252_120


def negatives(rounds: int = 20, seed: int = SEED) -> list[str]:
    """Lines that an engineer needs as they are."""
    return [line for number in range(rounds) for line in _innocent(Draw(seed + number))]


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
    yield from _nearly(draw, uuid, name)


def _nearly(draw: Draw, uuid: str, name: str) -> Iterator[str]:
    """What the wider patterns must leave: names of secrets, source lines, lists of names, ids in queries, other elements."""
    h: Callable[[int], str] = lambda n: draw.of(HEX, n)  # noqa: E731  # one letter keeps the table readable
    word, number = draw.word(), draw.random.randint(10, 9_999)
    yield from (
        f'"accessor":"{draw.of(ALNUM, 16)}"', f"report_access_id: {uuid}", f"credentialsId: '{uuid}'", f'"credentialId": "{draw.of(ALNUM, 22)}"',
        'CREDENTIALS_ID = "K8S_CRED"', f"public_key = {draw.of(ALNUM, 43)}", f"primaryKey={draw.of(ALNUM, 30)}", f"foreignKey={draw.of(ALNUM, 30)}", f"key_id={h(16)}",
        f'<entry key="{word}.v8_limit" value="executed" />', f"<UserSecretsId>{uuid}</UserSecretsId>", 'LLM_SECRET_NAME = "NEXUS-GPT4-API-KEY"', f"kms_key_id: {uuid}",
        "access_token_url='https://id.internal/login/oauth/access_token'", "smtp.password=\nsmtp.url=mail.internal", f"{{ key: '{uuid}', value: 'Americas' }}",
        'fields = ["password", "username"]', '"auth-service": ["JWT_SECRET", "E2E_BYPASS_KEY"]', "    conn = connect(user=user, password=db_password)", "    token=auth_token,",
        "passphrase=passphrase", f"Bad activity token: android.os.BinderProxy@{h(7)}", "the new --password options are read first", f"SRCREV_{word} = {h(40)}",
        f"GET /v1/items?key={uuid}", f"GET /v1/items?code={h(32)}&x=1", f"GET /v1/items?key={name}-{number}-page", f"cache_key={draw.of(ALNUM, 24)}", f"routing key {name}.{number}",
        f"https://{name}@git.internal/a.git", "curl -u $USER:$PASSWORD https://x", 'curl --user "${{ env.ID }}:${{ env.PASS }}"', "curl -u test:test https://x", "curl -u <user:password> x",
        f"base64 {base64.b64encode(f'the order {word} was shipped to {name} today'.encode()).decode()}", f"blob {base64.b64encode(bytes(draw.random.randbytes(60))).decode()}",
        f"kind: ConfigMap\ndata:\n  {word}: {name}\n", "kind: ExternalSecret\nspec:\n  data:\n    - secretKey: api-key\n      remoteRef:\n        key: my-manager-secret\n",
        f"tokens,cost,{number},{number}", f"<token_count>{number}</token_count>", f"<secretName>{name}-tls</secretName>", f"apiVersion={h(8)}.{number}", f"start_new_session={draw.one(['True', 'False'])}",
        f"at {word}.SL.run(SL.java:{number})", f"ssl.SSLCertVerificationError: {name}", f"core_{word}_retry_{number}", f"live_{word}_share={number}", f"API-{word} v1.0-{number}", f"compat.{word}.shim",
    )  # fmt: skip
