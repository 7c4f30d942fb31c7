"""A browser without a window, told what to do over two pipes: nothing is installed."""

import base64
import json
import os
import subprocess
import tempfile
from contextlib import contextmanager

_FLAGS = (
    "--headless",
    "--no-sandbox",  # in a container; the page is ours
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--remote-debugging-pipe",
)


_COMPLAINTS = (
    "Runtime.exceptionThrown",
    "Log.entryAdded",  # what the page's own policy refused, too
    "Page.javascriptDialogOpening",
)


class Page:
    """A page that is open, and all that it did."""

    def __init__(self, commands, answers):
        self._commands, self._answers = commands, answers
        self._session, self._number = None, 0
        self.requests, self.complaints = [], []

    def open(self, url):
        """Load a page, and note what it asks for and complains about."""
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        attached = self.tell("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.tell(f"{domain}.enable")
        self.tell("Page.navigate", url=url)
        self.ask("new Promise(r => document.readyState === 'complete' ? r(1) : "
                 "addEventListener('load', () => r(1)))")  # fmt: skip

    def look(self, width, height=900, *, dark=False, medium="screen"):
        """Show it on a screen of this size."""
        scheme = {
            "name": "prefers-color-scheme",
            "value": "dark" if dark else "light",
        }
        self.tell("Emulation.setEmulatedMedia", media=medium, features=[scheme])
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def ask(self, script):
        """What a script gives, run beside those of the page."""
        got = self.tell(
            "Runtime.evaluate",
            expression=script,
            returnByValue=True,
            awaitPromise=True,
        )
        if "exceptionDetails" in got:
            raise AssertionError(got["exceptionDetails"])
        return got["result"].get("value")

    def press(self, key):
        """Press and release a key."""
        for kind in ("keyDown", "keyUp"):
            self.tell("Input.dispatchKeyEvent", type=kind, key=key, code=key)

    def picture(self):
        """The whole page as PNG."""
        shot = self.tell("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def printed(self):
        """The page as PDF."""
        return base64.b64decode(self.tell("Page.printToPDF")["data"])

    def tell(self, method, **params):
        """Send a command, and wait for its answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._commands.write(json.dumps(message).encode() + b"\0")
        self._commands.flush()
        while True:
            answer = json.loads(self._read())
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]
            self._note(answer.get("method"), answer.get("params"))

    def _note(self, event, params):
        if event == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif (
            event in ("Runtime.exceptionThrown", "Log.entryAdded")
            or event == "Page.javascriptDialogOpening"
        ):
            self.complaints.append(params)

    def _read(self):
        parts = bytearray()
        while (sign := self._answers.read(1)) != b"\0":
            if not sign:
                raise AssertionError("the browser ended")
            parts += sign
        return parts


@contextmanager
def browser(program):
    """A browser that ends with the block."""
    to_it, ours = os.pipe()
    theirs, from_it = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        # A browser reads from 3 and writes to 4.
        shell = f'exec "$0" "$@" 3<&{to_it} 4>&{from_it}'
        command = ["bash", "-c", shell, program, *_FLAGS, f"--user-data-dir={folder}"]
        process = subprocess.Popen(
            [*command, "about:blank"],
            pass_fds=[to_it, from_it],
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        os.close(to_it)
        os.close(from_it)
        try:
            with open(ours, "wb") as commands, open(theirs, "rb") as answers:
                page = Page(commands, answers)
                yield page
                page._session = None
                page.tell("Browser.close")
        finally:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
