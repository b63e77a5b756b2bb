"""Random parts of credentials, from a seed: no file of the project holds a text shaped like one."""

import base64
import json
import random
import string

LOWER, ALNUM, HEX = string.ascii_lowercase, string.ascii_letters + string.digits, "0123456789abcdef"
URLSAFE = ALNUM + "-_"
WORDS = (
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
)  # a list of words reads best as words


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
