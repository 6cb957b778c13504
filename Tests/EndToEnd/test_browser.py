"""A real Firefox on the page, pressed and read as a person would."""

import json

import pytest

from deadline import until
from sender import ApplicationServer, send_with_pywebpush

pytestmark = pytest.mark.one_database(reason="a browser sees no difference, and takes its time; one test stands for all")

# Far more than it takes, for machines that are busy with other things.
PATIENCE_SECONDS = 60


@pytest.fixture
def page(server, firefox):
    """The open page, before anything was pressed."""
    firefox.open(server.url)
    until(lambda: firefox.is_enabled("register"), PATIENCE_SECONDS, "the page knows where it stands")
    return firefox


@pytest.fixture
def subscribed(server, page):
    page.click("register")
    page.click("subscribe")
    until(lambda: page.is_enabled("notify-me"), PATIENCE_SECONDS, lambda: f"the page is subscribed; it says {statuses(page)}, {problems(page)}")
    # The page knows of its subscription before the server does.
    until(server.api.devices, PATIENCE_SECONDS, "the server has the device")
    return page


def problems(page):
    return [page.text(f"{topic}-problem") for topic in ("registration", "subscription", "notification")]


def statuses(page):
    return tuple(page.value(f"{topic}-status-message") for topic in ("registration", "subscription", "notification"))


def enabled(page):
    buttons = ["register", "unregister", "subscribe", "unsubscribe", "notify-me", "notify-all"]
    return {button for button in buttons if page.is_enabled(button)}


def shown(page, title):
    """The notification with this title, as soon as it is there."""
    return until(
        lambda: next((each for each in page.notifications() if each["title"] == title), None), PATIENCE_SECONDS,
        f"a notification {title!r}")


# The steps


def test_before_the_first_step(page):
    assert statuses(page) == (
        "No service worker has been registered yet.",
        "Push subscription on this client isn't possible until a service worker is registered.",
        "Push notification to this client isn't possible until a service worker is registered.")
    assert enabled(page) == {"register", "notify-all"}


def test_without_scripts_the_page_says_that_nothing_is_possible(server):
    html = server.api.http.get(server.url).text
    assert "This browser doesn't support service workers." in html
    assert "No push subscription is active." in html
    assert "No notifications sent yet." in html


def test_the_page_brings_nothing_from_elsewhere(server):
    policy = server.api.http.get(server.url).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_with_a_worker(server, page):
    page.click("register")
    until(lambda: page.is_enabled("subscribe"), PATIENCE_SECONDS, "the worker is registered")
    assert statuses(page) == (
        f"Service worker registered. Scope: {server.url}/",
        "Ready to subscribe this client to push.",
        "Push notification to this client will be possible once subscribed.")
    assert enabled(page) == {"unregister", "subscribe", "notify-all"}


def test_subscribed(server, subscribed):
    endpoint = subscribed.subscription()["endpoint"]
    assert statuses(subscribed) == (
        f"Service worker registered. Scope: {server.url}/",
        f"Service worker subscribed to push. Endpoint: {endpoint}",
        "Ready to send a push notification to this client!")
    assert enabled(subscribed) == {"unregister", "unsubscribe", "notify-me", "notify-all"}
    assert endpoint.startswith(f"{server.url}/wpush/")
    assert len(server.api.devices()) == 1


def test_the_page_finds_its_subscription_again(server, subscribed):
    before = statuses(subscribed)
    subscribed.open(server.url)
    until(lambda: subscribed.is_enabled("notify-me"), PATIENCE_SECONDS, "the page is subscribed")
    assert statuses(subscribed) == before
    assert len(server.api.devices()) == 1


def test_notify_me(subscribed):
    subscribed.click("notify-me")
    notification = shown(subscribed, "Hello, Notifications!")
    word, number = notification["body"].split()
    assert word == "ID:" and 0 <= int(number) <= 100
    until(lambda: notification["body"] in subscribed.text("arrivals"), PATIENCE_SECONDS, "the open page shows it too")


def test_notify_all_reaches_this_browser(subscribed):
    subscribed.click("notify-all")
    shown(subscribed, "Hello, Notifications!")


def test_notify_all_when_nobody_is_subscribed(page):
    page.click("notify-all")
    until(
        lambda: page.value("notification-status-message") == "There are no subscribed endpoints to send messages to, yet.",
        PATIENCE_SECONDS, "the page says that there is nobody")


def test_unsubscribe_and_unregister(server, subscribed):
    endpoint = subscribed.subscription()["endpoint"]
    subscribed.click("unsubscribe")
    until(lambda: subscribed.is_enabled("subscribe"), PATIENCE_SECONDS, "the page is unsubscribed")
    assert subscribed.value("subscription-status-message") == "Ready to subscribe this client to push."
    assert subscribed.subscription() is None
    assert server.api.devices() == []
    application = ApplicationServer(server.vapid["private_key"])
    until(lambda: application.post(endpoint, b"").status_code == 410, PATIENCE_SECONDS, "the endpoint is gone")

    subscribed.click("unregister")
    until(lambda: subscribed.is_enabled("register"), PATIENCE_SECONDS, "the worker is gone")
    assert subscribed.value("registration-status-message") == "No service worker has been registered yet."


def test_a_push_to_a_browser_that_left_disables_its_device(server, subscribed):
    subscription = subscribed.subscription()
    subscribed.click("unsubscribe")
    until(lambda: subscribed.is_enabled("subscribe"), PATIENCE_SECONDS, "the page is unsubscribed")
    application = ApplicationServer(server.vapid["private_key"])
    until(lambda: application.post(subscription["endpoint"], b"").status_code == 410, PATIENCE_SECONDS, "the endpoint is gone")

    device = server.api.register(subscription)
    counters = server.api.finished(server.api.push({"devices": [device]}, notification={"title": "too late"}))

    assert counters["unregistered"] == 1
    assert server.api.device(device)["state"] == "disabled"


# Who sends


def test_a_push_by_the_api(server, subscribed):
    push = server.api.push({"all": True}, notification={"title": "From the API", "body": "with a body", "tag": "greeting"})
    assert shown(subscribed, "From the API") == {"title": "From the API", "body": "with a body", "tag": "greeting"}
    assert server.api.finished(push)["accepted"] == 1
    until(lambda: "From the API" in subscribed.text("arrivals"), PATIENCE_SECONDS, "the open page shows it too")


def test_a_push_by_pywebpush(server, subscribed):
    message = {"title": "From pywebpush", "options": {"body": "an independent sender"}}
    send_with_pywebpush(server, subscribed.subscription(), json.dumps(message))
    assert shown(subscribed, "From pywebpush")["body"] == "an independent sender"


# Payload: title and body shown.
PAYLOADS = {
    '{"notification":{"title":"Nested","body":"as in the web push book"}}': ("Nested", "as in the web push book"),
    '{"web_push":8030,"notification":{"title":"Declared","navigate":"/"}}': ("Declared", ""),
    '{"title":"Bad options","options":{"body":"b","renotify":true,"actions":7}}': ("Bad options", "b"),
    '{"title":"%s"}' % ("x" * 3000): ("x" * 3000, ""),
    "plain text": ("Herald", "plain text"),
    "[1, 2": ("Herald", "[1, 2"),
    "null": ("Herald", "null"),
    '{"notification":null,"title":7,"options":[]}': ("7", ""),
}


def test_whatever_comes_is_shown(server, subscribed):
    for payload, (title, body) in PAYLOADS.items():
        send_with_pywebpush(server, subscribed.subscription(), payload)
        until(
            lambda: (title, body) in [(each["title"], each["body"]) for each in subscribed.notifications()],
            PATIENCE_SECONDS, f"a notification for {payload[:60]}")


def test_a_message_without_a_body_is_shown_too(server, subscribed):
    ApplicationServer(server.vapid["private_key"]).post(subscribed.subscription()["endpoint"])
    shown(subscribed, "Herald")


# Away and back


def test_a_push_sent_while_the_browser_is_closed(server, subscribed):
    subscribed.quit()
    push = server.api.push({"all": True}, notification={"title": "While you were away"})
    assert server.api.finished(push)["accepted"] == 1
    subscribed.start()
    subscribed.open(server.url)
    shown(subscribed, "While you were away")


@pytest.mark.both_databases
def test_a_push_after_a_restart_of_the_server(server, subscribed):
    server.restart()
    server.api.push({"all": True}, notification={"title": "After the restart"})
    shown(subscribed, "After the restart")


def test_a_server_that_lost_its_data_gets_the_browser_back(server, subscribed):
    """Another user agent id makes Firefox drop the subscription and tell the worker, which subscribes again by itself."""
    old = subscribed.subscription()["endpoint"]
    server.stop()
    server.forget_everything_but_keys()
    server.start()
    until(lambda: server.api.devices(), PATIENCE_SECONDS, "the worker has subscribed again and told the server")
    until(lambda: (subscribed.subscription() or {}).get("endpoint", old) != old, PATIENCE_SECONDS, "there is a new subscription")
    server.api.push({"all": True}, notification={"title": "Found again"})
    shown(subscribed, "Found again")


# A notification is clicked


def test_a_click_on_the_notification_opens_the_address(server, subscribed):
    server.api.push({"all": True}, notification={"title": "Click me", "url": "/?clicked"})
    shown(subscribed, "Click me")
    subscribed.click_notification()
    until(lambda: f"{server.url}/?clicked" in subscribed.open_addresses(), PATIENCE_SECONDS, "a tab with the address")
    until(lambda: not subscribed.notifications(), PATIENCE_SECONDS, "the notification is gone")


def test_a_click_on_a_notification_without_an_address_comes_back_to_the_open_page(server, subscribed):
    page = subscribed.session.current_window_handle
    subscribed.session.switch_to_window(subscribed.session.open(type="tab", focus=True)["handle"])
    server.api.push({"all": True}, notification={"title": "Come back"})
    subscribed.session.switch_to_window(page, focus=False)
    shown(subscribed, "Come back")
    subscribed.click_notification()
    until(lambda: subscribed.selected_address() == f"{server.url}/", PATIENCE_SECONDS, "the page is in front")
    assert subscribed.open_addresses().count(f"{server.url}/") == 1


# What goes wrong is said


def test_blocked_notifications_are_explained(server, page):
    page.set_preference("permissions.default.desktop-notification", 2)
    page.click("register")
    page.click("subscribe")
    until(lambda: "blocked" in page.text("subscription-problem"), PATIENCE_SECONDS, "the page explains")
    assert page.value("subscription-status-message") == "Ready to subscribe this client to push."
    assert page.is_enabled("subscribe")


def test_a_push_service_out_of_reach_is_explained(server, page):
    page.set_preference("dom.push.requestTimeout", 1000)
    page.set_preference("dom.push.serverURL", "ws://127.0.0.1:9/")
    page.click("register")
    page.click("subscribe")
    until(lambda: "push service" in page.text("subscription-problem"), PATIENCE_SECONDS, "the page explains")
    assert page.is_enabled("subscribe")


def test_a_server_that_is_gone_is_explained(server, page):
    server.stop()
    page.click("notify-all")
    until(lambda: "not answer" in page.text("notification-problem"), PATIENCE_SECONDS, "the page explains")
