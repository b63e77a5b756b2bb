"""Personal data: e-mail addresses and public network addresses, masked unless the user keeps them.

Accounts of services, private and reserved networks stay: they name machines, and an analysis needs them.
"""

import ipaddress
import re

from rca.redact.shape import tag

KINDS = ("emails", "addresses")
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+/\]-])(?P<local>[A-Za-z0-9._+-]{1,64})(?P<at>@|%40)(?P<domain>[A-Za-z][A-Za-z0-9-]{0,62}(?:\.[A-Za-z0-9-]{1,63}){0,6}\.(?P<top>[A-Za-z]{2,24}))(?![A-Za-z0-9-]|\.[A-Za-z0-9])"
)
_MACHINES = re.compile(
    r"(?i).*(?:gserviceaccount\.com|\.amazonaws\.com|\.internal|\.local|\.svc|users\.noreply\.github\.com)|example\.(?:com|org|net)"
)
_NOBODY = frozenset({"git", "noreply", "no-reply", "donotreply", "postmaster", "mailer-daemon"})
_NO_DOMAIN = frozenset(
    [
        "service",
        "socket",
        "timer",
        "target",
        "mount",
        "slice",
        "scope",
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "js",
        "ts",
        "css",
        "map",
        "py",
        "java",
        "go",
        "rb",
        "rs",
        "so",
        "jar",
        "log",
        "txt",
        "json",
        "yaml",
        "yml",
        "html",
        "md",
    ]
)
_IPV4 = re.compile(r"(?<![\w.-])(?P<ip>(?:[0-9]{1,3}\.){3}[0-9]{1,3})(?![\w-]|\.[0-9])")
_VERSION = re.compile(r"(?i)(?:[^/:]/|^/|ver(?:sion)?[\s:='\"]{0,3}|release[\s:='\"]{0,3}|build[\s:='\"]{0,3})$")
_COLONS = re.compile(r":[0-9A-Fa-f]{0,4}:")
_IPV6 = re.compile(r"(?<![\w:.])(?P<ip>[0-9A-Fa-f]{1,4}(?::{1,2}[0-9A-Fa-f]{1,4}){2,7}(?:::)?)(?![\w:])")


def emails(text: str) -> str:
    """`text` with the local part of every person's address replaced; the domain stays."""
    if "@" not in text and "%40" not in text:
        return text
    return _EMAIL.sub(_email, text)


def _email(match: re.Match[str]) -> str:
    if match["local"].lower() in _NOBODY or match["top"].lower() in _NO_DOMAIN or _MACHINES.fullmatch(match["domain"]):
        return match[0]
    return f"[email:{tag(match['local'].lower())}]{match['at']}{match['domain']}"


def addresses(text: str) -> str:
    """`text` with every public IPv4 and IPv6 address replaced; private and reserved ones stay."""
    if text.count(".") >= 3:
        text = _IPV4.sub(_address, text)
    return _IPV6.sub(_address, text) if _COLONS.search(text) else text


def _address(match: re.Match[str]) -> str:
    start = match.start()
    try:
        found = ipaddress.ip_address(match["ip"])
    except ValueError:
        return match[0]
    if not found.is_global or found.is_multicast or _VERSION.search(match.string[max(0, start - 12) : start]):
        return match[0]
    return f"[ip:{tag(match['ip'].lower())}]"
