"""A store on loopback that speaks the JSON interface of Cloud Storage: list in pages, look, get a range, put; with faults."""

import http.server
import json
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PAGE = 2  # objects a page, so that every list has several


@dataclass
class Store:
    """What the store holds and what goes wrong.

    So many answers of 503; so many connections that break in mid-object; bytes of an object after which nothing comes.
    """

    objects: dict[str, bytes] = field(default_factory=dict)
    busy: int = 0
    breaks: int = 0
    lost_after: int = 1 << 40
    asked: list[str] = field(default_factory=list)


@contextmanager
def serving(store: Store) -> Iterator[str]:
    """The store's host:port; its only open bucket is called `bucket`, `closed` refuses everybody."""

    class Door(_Door):
        held = store

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class _Door(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    held: Store

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """List, look or get."""
        path, query = self._asked()
        body = self.held.objects
        bucket, _, rest = path.removeprefix("/storage/v1/b/").partition("/o")
        name = urllib.parse.unquote(rest.removeprefix("/"))
        if self._refused(bucket):
            return
        if not name:
            self._list(query.get("prefix", ""), int(query.get("pageToken", "0")))
        elif name not in body:
            self._send(404, {"error": {"message": f"No such object: bucket/{name}"}})
        elif query.get("alt") == "media":
            self._part(body[name])
        else:
            self._send(200, {"size": str(len(body[name])), "generation": "7"})

    def do_POST(self) -> None:
        """Put."""
        path, query = self._asked()
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._refused(path.removeprefix("/upload/storage/v1/b/").removesuffix("/o")):
            assert query["uploadType"] == "media"
            self.held.objects[query["name"]] = content
            self._send(200, {"name": query["name"]})

    def _asked(self) -> tuple[str, dict[str, str]]:
        address = urllib.parse.urlsplit(self.path)
        self.held.asked.append(f"{self.command} {self.path}")
        return address.path, dict(urllib.parse.parse_qsl(address.query))

    def _refused(self, bucket: str) -> bool:
        if self.held.busy:
            self.held.busy -= 1
            self._send(503, {"error": {"message": "try again"}})
        elif bucket == "closed":
            self._send(403, {"error": {"message": "caller does not have storage.objects.get access"}})
        elif bucket != "bucket":
            self._send(404, {"error": {"message": "The specified bucket does not exist."}})
        else:
            return False
        return True

    def _list(self, prefix: str, start: int) -> None:
        names = sorted(name for name in self.held.objects if name.startswith(prefix))
        page = [{"name": name, "size": str(len(self.held.objects[name])), "generation": "7"} for name in names]
        more = {"nextPageToken": str(start + PAGE)} if len(names) > start + PAGE else {}
        self._send(200, {"items": page[start : start + PAGE], **more} if page else {})

    def _part(self, data: bytes) -> None:
        start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
        rest = data[start:]
        self.send_response(206)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if self.held.breaks and len(rest) > 10:
            self.held.breaks -= 1
            rest, self.close_connection = rest[: len(rest) // 2], True
        if len(data) > self.held.lost_after:
            rest, self.close_connection = data[start : self.held.lost_after], True
        self.wfile.write(rest)

    def _send(self, status: int, said: object) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
