"""Headless Chromium, told what to do over a pipe with the DevTools protocol: no package, no port, no network."""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-pipe",
]  # fmt: skip
SILENCE = 120  # seconds after which a browser that says nothing is given up
PATIENCE = 200  # turns of 50 ms that a page may take to load


class Browser:
    """One browser; closed with the `with` statement."""

    def __init__(self) -> None:
        assert CHROMIUM, "there is no chromium"
        self._home = tempfile.mkdtemp(prefix="rca-browser-")
        read_here, write_there = os.pipe()
        read_there, write_here = os.pipe()
        # Chromium reads messages from descriptor 3 and writes them to 4; bash gives the pipes these numbers
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{read_there} 4>&{write_there}', "-", CHROMIUM, *FLAGS,
             f"--user-data-dir={self._home}", "about:blank"],
            pass_fds=(read_there, write_there), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(read_there)
        os.close(write_there)
        self._to, self._from = os.fdopen(write_here, "wb", 0), os.fdopen(read_here, "rb", 0)
        self._rest = b""
        self._last = 0
        self.heard: list[dict[str, Any]] = []

    def ask(self, method: str, session: str | None = None, /, **params: object) -> dict[str, Any]:
        """The result of one call; what the browser says in between is kept in `heard`."""
        self._last += 1
        message: dict[str, object] = {"id": self._last, "method": method, "params": params}
        self._to.write(json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        while True:
            while b"\0" not in self._rest:
                assert select.select([self._from], [], [], SILENCE)[0], f"{method}: no answer in {SILENCE} s"
                part = self._from.read(1 << 20)
                assert part, "the browser is gone"
                self._rest += part
            line, _, self._rest = self._rest.partition(b"\0")
            answer: dict[str, Any] = json.loads(line)
            if answer.get("id") == self._last:
                assert "error" not in answer, (method, answer.get("error"))
                result: dict[str, Any] = answer["result"]
                return result
            self.heard.append(answer)

    def open(self, page: Path, *, scheme: str, width: int, anchor: str = "", scale: float = 1) -> "Tab":
        """A tab that shows the file, in a colour scheme and a width."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        tab = Tab(self, target, self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        for domain in ("Page", "Network", "Runtime", "Log"):
            tab.ask(f"{domain}.enable")
        tab.ask("Page.setBypassCSP", enabled=True)  # for axe alone, which is loaded after the page
        tab.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        tab.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=scale, mobile=width < 500
        )
        self.heard.clear()
        tab.ask("Page.navigate", url=f"file://{page}{anchor}")
        for _ in range(PATIENCE):
            if tab.run("document.readyState === 'complete' && location.protocol === 'file:'"):
                break
            time.sleep(0.05)
        return tab

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()
        self._to.close()
        self._from.close()
        for _ in range(20):  # its children may write a moment longer
            shutil.rmtree(self._home, ignore_errors=True)
            if not Path(self._home).exists():
                break
            time.sleep(0.05)


class Tab:
    """One page."""

    def __init__(self, browser: Browser, target: str, session: str) -> None:
        self._browser, self._target, self._session = browser, target, session

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        """A call to this page."""
        return self._browser.ask(method, self._session, **params)

    def run(self, script: str) -> Any:
        """The value of an expression; a promise is waited for."""
        told = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def requests(self) -> list[str]:
        """Addresses that were asked for, but the page itself."""
        sent = [one["params"]["request"]["url"] for one in self._browser.heard if one.get("method") == SENT]
        return [url for url in sent if not url.startswith("file://")]

    def press(self, key: str) -> None:
        """A key, down and up."""
        for kind in ("rawKeyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=KEYS[key])

    def close(self) -> None:
        """Ends it."""
        self._browser.ask("Target.closeTarget", targetId=self._target)


SENT = "Network.requestWillBeSent"
KEYS = {"Tab": 9, "Enter": 13}
