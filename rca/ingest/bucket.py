"""Bucket: the JSON interface of Cloud Storage over HTTPS; the only door to it. Nothing is stored on disk.

https://cloud.google.com/storage/docs/json_api/v1/objects. Reading asks for the bytes as they are stored (no transcoding
of gzip), of one generation, and goes on where a broken connection stopped.
"""

import io
import os
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from rca.errors import InputUnusableError, NoAccessError, RcaError
from rca.safe import clean

ENDPOINTS = ("RCA_STORAGE_ENDPOINT", "STORAGE_EMULATOR_HOST")
"""host:port (or a URL) of an insecure local store; without it the usual Google credentials are used."""
GOOGLE = "https://storage.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/devstorage.read_write"
TRIES = 5
PATIENCE = (10, 60)  # seconds to connect, and between two packets
AGAIN = (408, 429, 500, 502, 503, 504)  # worth another try: cloud.google.com/storage/docs/retry-strategy
DENIED = frozenset({401, 403})
PAGES_MAX = 100_000  # of 1000 objects: a store that never ends its list is broken
LOGIN = (
    "set GOOGLE_APPLICATION_CREDENTIALS or run `gcloud auth application-default login`; "
    "reading needs roles/storage.objectViewer on the bucket, writing roles/storage.objectUser"
)


class StoreError(OSError):
    """The store refused; `denied`: for lack of a login or a permission. An OSError, as a file's reader expects."""

    def __init__(self, said: str, *, status: int = 0, denied: bool = False) -> None:
        said = next(iter(said.splitlines()), "no answer")[:200]
        super().__init__(None, said)
        self.said, self.status, self.denied = said, status, denied or status in DENIED

    def told(self, address: str, what: str = "be read") -> RcaError:
        """What the user is told, with the exit status that fits."""
        where = clean(address)
        if self.denied:
            return NoAccessError(f"no access to the bucket: {clean(self.said)}", where=where, hint=LOGIN)
        return InputUnusableError(
            f"cannot {what}: {clean(self.said)}", where=where, hint="check the bucket and the name"
        )


class Bucket:
    """One bucket, and a session with it. Every method raises StoreError."""

    def __init__(self, name: str) -> None:
        self._name = quote(name, safe="")
        self._base, self._session = _session()

    def objects(self, prefix: str) -> Iterator[tuple[str, int, str]]:
        """(name, bytes, generation) of all objects whose name begins so, in order of name."""
        wanted = {"prefix": prefix, "fields": "items(name,size,generation),nextPageToken"}
        for _ in range(PAGES_MAX):
            page = self._ask("GET", f"/storage/v1/b/{self._name}/o", params=wanted).json()
            for one in page.get("items", ()):
                yield one["name"], int(one["size"]), str(one["generation"])
            token = page.get("nextPageToken")
            if not token or token == wanted.get("pageToken"):
                return
            wanted["pageToken"] = token

    def object(self, name: str) -> tuple[int, str] | None:
        """(bytes, generation) of one object; None when there is none of that name."""
        try:
            found = self._ask("GET", self._path(name), params={"fields": "size,generation"}).json()
        except StoreError as wrong:
            if wrong.status == 404:
                return None
            raise
        return int(found["size"]), str(found["generation"])

    def part(self, name: str, generation: str, start: int) -> Any:
        """The open answer that carries an object from byte `start` on."""
        headers = {"Accept-Encoding": "gzip", "Range": f"bytes={start}-"}
        return self._ask(
            "GET", self._path(name), params={"alt": "media", "generation": generation}, headers=headers, stream=True
        )

    def put(self, name: str, content: bytes) -> None:
        """Store an object: readers see the old one or the whole new one."""
        path = f"/upload/storage/v1/b/{self._name}/o"
        headers = {"Content-Type": "application/octet-stream"}
        self._ask("POST", path, params={"uploadType": "media", "name": name}, headers=headers, data=content)

    def _path(self, name: str) -> str:
        return f"/storage/v1/b/{self._name}/o/{quote(name, safe='')}"

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        from google.auth.exceptions import GoogleAuthError  # 40 ms, and only gs:// needs it
        from requests.exceptions import RequestException

        try:
            answer = self._session.request(method, self._base + path, timeout=PATIENCE, **more)
        except GoogleAuthError as wrong:
            raise StoreError(str(wrong), denied=True) from None
        except RequestException as wrong:
            raise StoreError(f"the store does not answer ({type(wrong).__name__})") from None
        if answer.status_code >= 400:
            with answer:
                raise StoreError(_reason(answer), status=answer.status_code)
        return answer


def _reason(answer: Any) -> str:
    """What the store says of a refusal: the message of its JSON, else the status line."""
    try:
        said = answer.json()
        message = said["error"]["message"]
    except (ValueError, KeyError, TypeError):
        message = answer.reason
    return f"{answer.status_code} {message}"


def _session(environ: Mapping[str, str] = os.environ) -> tuple[str, Any]:
    """The address of the store and an HTTP session that logs in, refreshes its token, and tries again when told to wait."""
    import requests
    from google import auth
    from google.auth.exceptions import GoogleAuthError
    from google.auth.transport.requests import AuthorizedSession
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    again = Retry(
        TRIES, backoff_factor=0.5, backoff_jitter=0.5, status_forcelist=AGAIN, allowed_methods=None, raise_on_status=False
    )  # fmt: skip
    local = next((environ[name] for name in ENDPOINTS if environ.get(name)), "")
    if local:
        session: Any = requests.Session()
        session.trust_env = False  # a local store is not behind a proxy, and gets no password of ~/.netrc
        base = local if "://" in local else f"http://{local}"
    else:
        try:
            credentials, _ = auth.default(scopes=[SCOPE])
        except GoogleAuthError as wrong:
            raise StoreError(str(wrong), denied=True) from None
        session, base = AuthorizedSession(credentials), GOOGLE  # type: ignore[no-untyped-call]  # google-auth is typed in part
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=again))
    return base.rstrip("/"), session


class Stored(io.RawIOBase):
    """The bytes of one object; a connection that breaks is taken up again, TRIES times without progress."""

    def __init__(self, bucket: Bucket, name: str, size: int, generation: str) -> None:
        super().__init__()
        self._bucket, self._name, self._size, self._generation = bucket, name, size, generation
        self._at = 0
        self._answer: Any = None

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with what comes next; 0 at the end."""
        from urllib3.exceptions import HTTPError

        for last in [False] * (TRIES - 1) + [True]:
            if self._at >= self._size:
                return 0
            try:
                self._answer = self._answer or self._bucket.part(self._name, self._generation, self._at)
                block = self._answer.raw.read(len(buffer), decode_content=False)
            except (HTTPError, ConnectionError) as wrong:
                if last:
                    raise StoreError(f"the connection broke ({type(wrong).__name__})") from None
                block = b""
            if block:
                buffer[: len(block)] = block
                self._at += len(block)
                return len(block)
            self.close_answer()
        raise StoreError("the object ended before its end")

    def close_answer(self) -> None:
        """Let go of the connection."""
        if self._answer is not None:
            self._answer.close()
            self._answer = None

    def close(self) -> None:
        """Let go of everything."""
        self.close_answer()
        super().close()
