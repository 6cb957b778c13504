"""`herald send`."""

import json

import pytest

from command_line import send
from user_agent import UserAgent


@pytest.fixture
def agent(server):
    with UserAgent.greeted(server) as agent:
        yield agent


def new_device(server, agent, **more):
    channel = agent.register(server.vapid["public_key"])
    channel.device = server.api.register(channel.subscription, **more)
    return channel


def test_a_text_to_all_arrives_within_a_second(server, agent):
    channel = new_device(server, agent)
    done = send(server, "hello", "--all")
    assert done.returncode == 0, done.stderr
    message = json.loads(channel.text(agent.notification()))
    # Something must stand in the first line: a text without a title is the title.
    assert message["notification"] == {"title": "hello"}
    assert message["web_push"] == 8030


def test_title_and_text(server, agent):
    channel = new_device(server, agent)
    assert send(server, "hello", "--all", "--title", "Herald").returncode == 0
    notification = json.loads(channel.text(agent.notification()))["notification"]
    assert (notification["title"], notification["body"]) == ("Herald", "hello")


def test_to_one_device(server, agent):
    wanted, other = new_device(server, agent), new_device(server, agent)
    assert send(server, "for you", "--device", wanted.device).returncode == 0
    assert "for you" in wanted.text(agent.notification())
    assert agent.hears_nothing()


def test_to_a_user(server, agent):
    wanted, other = new_device(server, agent, user="ada"), new_device(server, agent, user="bob")
    assert send(server, "for ada", "--user", "ada").returncode == 0
    assert "for ada" in wanted.text(agent.notification())
    assert agent.hears_nothing()


def test_wait_ends_when_the_push_is_done(server, agent):
    new_device(server, agent)
    done = send(server, "hello", "--all", "--wait")
    assert done.returncode == 0, done.stderr
    assert "accepted" in done.stdout + done.stderr


def test_an_audience_must_be_said(server):
    done = send(server, "hello")
    assert done.returncode != 0
    assert "--all" in done.stderr


def test_an_unknown_device_is_named(server):
    done = send(server, "hello", "--device", "nobody")
    assert done.returncode != 0
    assert "device" in done.stderr


def test_a_wrong_key_says_what_to_do(server):
    done = send(server, "hello", "--all", key="wrong")
    assert done.returncode != 0
    assert "key" in done.stderr.lower()


def test_no_server_says_where_none_is(server):
    key = server.admin_key
    server.stop()
    done = send(server, "hello", "--all", key=key)
    assert done.returncode != 0
    assert str(server.port) in done.stderr
