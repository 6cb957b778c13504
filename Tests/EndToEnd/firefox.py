"""An unmodified headless Firefox whose push service is ours, driven over Marionette."""

import base64
import json
import os
import signal
import subprocess

from marionette_driver.by import By
from marionette_driver.errors import MarionetteException
from marionette_driver.marionette import Marionette

from deadline import until
from ports import free_port

PROGRAM = os.environ.get("FIREFOX_BIN", "firefox-esr")

# What Firefox needs to take a push service on a plain ws:// address, and to show notifications without a desktop.
PUSH_PREFERENCES = {
    "dom.push.testing.allowInsecureServerURL": True,
    "dom.push.connection.enabled": True,
    "remote.prefs.recommended": False,
    "permissions.default.desktop-notification": 1,
    "alerts.useSystemBackend": False,
    # After a restart of the server Firefox comes back within a second, not after five.
    "dom.push.retryBaseInterval": 500,
}

# Firefox's own errands, which have nowhere to go on a machine without a network.
QUIET_PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.activity-stream.feeds.system.topstories": False,
    "browser.region.network.url": "",
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.prefetch-next": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
}


class Firefox:
    """One profile; `start` after `quit` opens the same one again."""

    def __init__(self, folder, push_service, preferences=None):
        self.folder = folder
        self.profile = folder / "profile"
        self.profile.mkdir(parents=True)
        self.marionette_port = free_port()
        self.process = None
        self.session = None
        self.write_preferences({
            "dom.push.serverURL": push_service,
            "marionette.port": self.marionette_port,
            **PUSH_PREFERENCES, **QUIET_PREFERENCES, **(preferences or {}),
        })

    def write_preferences(self, preferences):
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items()]
        (self.profile / "user.js").write_text("".join(lines))

    def start(self):
        command = [
            PROGRAM, "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--new-instance",
            "--profile", str(self.profile), "about:blank",
        ]
        environment = {**os.environ, "MOZ_HEADLESS": "1", "HOME": str(self.folder)}
        with open(self.folder / "firefox.log", "ab") as log:
            # A session of its own, so that its content processes can be ended with it.
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        self.session = Marionette(host="127.0.0.1", port=self.marionette_port)
        until(self.has_session, 60, "Firefox answers")
        self.session.timeout.script = 30
        return self

    def has_session(self):
        assert self.process.poll() is None, f"Firefox ended by itself; see {self.folder}/firefox.log"
        try:
            return self.session.start_session()
        except (ConnectionError, TimeoutError, OSError):
            return False

    def quit(self):
        """As from the menu: Firefox writes down what it knows. One that doesn't end by that is killed."""
        process, self.process = self.process, None
        if process is None:
            return
        try:
            self.run_in_browser("setTimeout(() => Services.startup.quit(Ci.nsIAppStartup.eForceQuit))")
            process.wait(timeout=30)
        except (MarionetteException, OSError, subprocess.TimeoutExpired):
            pass
        finally:
            self.session = None
            end_group(process)

    # The page

    def open(self, url):
        self.session.navigate(url)

    def click(self, id):
        """Presses a button as soon as a person could."""
        until(lambda: self.is_enabled(id), 60, f"button {id} is enabled")
        self.session.find_element(By.ID, id).click()

    def is_enabled(self, id):
        return self.session.find_element(By.ID, id).is_enabled()

    def value(self, id):
        return self.session.find_element(By.ID, id).get_property("value")

    def text(self, id):
        return self.session.find_element(By.ID, id).text

    def run(self, script):
        """The value of an asynchronous function's body that sees the page. The page's own policy against eval stays in force."""
        answer = self.session.execute_async_script(
            f"const done = arguments[0]; (async () => {{ {script} }})()"
            ".then((value) => done({ value: value ?? null }), (error) => done({ error: String(error) }))",
            sandbox="system")
        assert "error" not in answer, answer["error"]
        return answer["value"]

    def notifications(self):
        """What the page's worker shows now: title and body of each."""
        return self.run(
            "const registration = await navigator.serviceWorker.getRegistration();"
            "const shown = await registration?.getNotifications() ?? [];"
            "return shown.map(({ title, body, tag }) => ({ title, body, tag }));")

    def subscription(self):
        """The page's PushSubscription, as it gives it to a server; None when there is none."""
        return self.run(
            "const registration = await navigator.serviceWorker.getRegistration();"
            "return (await registration?.pushManager.getSubscription())?.toJSON();")

    # The browser around the page

    def run_in_browser(self, script):
        """The value of a synchronous function's body, with the browser's own rights."""
        with self.session.using_context("chrome"):
            return self.session.execute_script(script)

    def set_preference(self, name, value):
        self.session.set_pref(name, value)

    def open_addresses(self):
        return self.run_in_browser("return gBrowser.tabs.map((tab) => tab.linkedBrowser.currentURI.spec);")

    def selected_address(self):
        return self.run_in_browser("return gBrowser.selectedBrowser.currentURI.spec;")

    def click_notification(self):
        """Clicks the one notification on the screen, which Firefox draws itself in a window of its own."""
        until(lambda: self.run_in_browser("""
            const [alert] = [...Services.wm.getEnumerator("alert:alert")];
            const box = alert?.document.getElementById("alertBox");
            box?.click();
            return Boolean(box);
        """), 60, "a notification on the screen")

    def screenshot(self, file):
        file.write_bytes(base64.b64decode(self.session.screenshot()))


def end_group(process):
    """Ends what is left of a process and its children."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
