"""What can break: exception, message with varying parts, and the stack that raises it."""

from dataclasses import dataclass
from random import Random

from bench.incidents.world import NOUNS, VERBS, World

FIELDS = (
    "total",
    "locale",
    "tax_rate",
    "owner_id",
    "currency",
    "expires_at",
    "variant",
    "region",
    "tier",
    "checksum",
    "batch_no",
)

# (exception, message; {field} is fixed for an incident, {n} and {hex} vary with every event, regex of the constant part)
KINDS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "code": (
        ("KeyError", "'{field}'", r"KeyError.*{field}"),
        ("AttributeError", "'{Noun}' object has no attribute '{field}'", r"no attribute .?{field}"),
        ("TypeError", "{func}() missing 1 required positional argument: '{field}'", r"missing 1 required positional argument.*{field}"),
        ("ValueError", "invalid {field} for {noun} {n}: expected a number", r"invalid {field} for {noun}"),
        ("IndexError", "list index out of range", r"list index out of range"),
        ("decimal.InvalidOperation", "[<class 'decimal.ConversionSyntax'>]", r"InvalidOperation|ConversionSyntax"),
        ("NotImplementedError", "{func} does not support {field}", r"does not support {field}"),
    ),
    "environment": (
        ("redis.exceptions.ConnectionError", "Error 111 connecting to 10.8.0.{n}:6379. Connection refused.", r"Error 111 connecting|redis.*ConnectionError"),
        ("ssl.SSLCertVerificationError", "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)", r"CERTIFICATE_VERIFY_FAILED|certificate has expired"),
        ("socket.gaierror", "[Errno -2] Name or service not known", r"Name or service not known|gaierror"),
        ("psycopg2.OperationalError", 'connection to server at "10.1.0.{n}", port 5432 failed: Connection timed out', r"port 5432 failed|connection to server at"),
    ),
    "slow": (
        ("MemoryError", "cannot allocate {n} bytes for {noun} buffer", r"cannot allocate|MemoryError"),
        ("sqlalchemy.exc.TimeoutError", "QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00", r"QueuePool limit"),
        ("OSError", "[Errno 24] Too many open files: '/tmp/{hex}'", r"Too many open files"),
        ("OSError", "[Errno 28] No space left on device: '/var/spool/{hex}'", r"No space left on device"),
    ),
    "config": (
        ("jwt.exceptions.InvalidSignatureError", "Signature verification failed", r"Signature verification failed"),
        ("google.api_core.exceptions.PermissionDenied", "403 Permission denied on secret {field}", r"Permission denied on secret"),
        ("pydantic_core.ValidationError", "1 validation error for Settings {field} Field required", r"validation error for Settings"),
        ("RuntimeError", "{FIELD}_URL is not set", r"{FIELD}_URL is not set"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Mechanism:
    """One way to break in one service. `regex` finds its constant part; `file` raises."""

    kind: str
    service: str
    exception: str
    message: str
    regex: str
    file: str
    frames: tuple[tuple[str, int, str], ...]  # (file, line, function), outermost first

    def text(self, rng: Random) -> str:
        """One traceback with its varying parts drawn."""
        message = self.message.replace("{n}", str(rng.randint(2, 250))).replace("{hex}", f"{rng.getrandbits(40):010x}")
        stack = "".join(
            f'  File "/app/{file}", line {line}, in {function}\n    {function}(payload)\n'
            for file, line, function in self.frames
        )
        return f"Traceback (most recent call last):\n{stack}{self.exception}: {message}"


def draw(rng: Random, world: World, service: str, kind: str) -> Mechanism:
    """A mechanism of this kind in a file of this service."""
    exception, message, regex = rng.choice(KINDS[kind])
    field, noun, func = rng.choice(FIELDS), rng.choice(NOUNS), f"{rng.choice(VERBS)}_{rng.choice(NOUNS)}"
    names = {"field": field, "noun": noun, "Noun": noun.title(), "func": func, "FIELD": field.upper()}

    def fill(text: str) -> str:
        for name, value in names.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    files = rng.sample(world.files[service], 3)
    library = ("site-packages/starlette/routing.py", rng.randint(200, 300), "app")
    frames = (
        library,
        *((file, rng.randint(20, 400), f"{rng.choice(VERBS)}_{rng.choice(NOUNS)}") for file in files[:-1]),
        (files[-1], rng.randint(20, 400), func),
    )
    return Mechanism(kind, service, exception, fill(message), fill(regex), files[-1], frames)
