"""A terminal in a folder of its own, in which a page of the documentation is typed from top to bottom."""

import os
import re
import subprocess
import threading
from pathlib import Path

import requests

from deadline import until
from herald_server import BINARY
from ports import free_port

# Commands that go on until they are stopped.
ENDLESS = re.compile(r"herald (serve|listen|simulate)\b")
ASSIGNMENT = re.compile(r"(?:export )?(\w+)=\S*|(?:export )?(\w+)=(['\"]|\$\().*")
SOMEBODYS_DATABASE = re.compile(r"postgres(?:ql)?://[^\s']*db\.example\.com/[^\s']*")


class Terminal:
    """What a reader has to put in is put in: the port, which is a free one, and the database."""

    def __init__(self, folder, new_database):
        self.folder = folder
        self.new_database = new_database
        # Texts of the page, and what a reader puts in their place.
        self.filling = {}
        self.running = []
        self.heard = []
        self.environment = {**os.environ, "PATH": f"{self.tools()}:{os.environ['PATH']}", "HOME": str(folder)}
        self.take_port()

    def tools(self):
        """`herald` and `curl` as they are called; a refused request is a failed command."""
        tools = self.folder / "tools"
        tools.mkdir()
        (tools / "herald").symlink_to(Path(BINARY).resolve())
        (self.folder / ".build/release").mkdir(parents=True)
        (self.folder / ".build/release/herald").symlink_to(Path(BINARY).resolve())
        curl = tools / "curl"
        curl.write_text('#!/bin/sh\nexec /usr/bin/curl --silent --show-error --fail-with-body "$@"\n')
        curl.chmod(0o755)
        return tools

    def take_port(self):
        port = str(free_port())
        self.url = f"http://localhost:{port}"
        self.environment |= {"HERALD_PORT": port, "HERALD_SERVER": self.url}

    # Typing

    def type(self, example):
        """The commands of a block, one after the other. Of a console, what it prints must be printed."""
        lines = example.text.splitlines(keepends=True)
        if example.language == "console":
            commands = "".join(line.removeprefix("$ ") for line in lines if line.startswith("$ "))
            self.expected = [line.strip() for line in lines if not line.startswith("$ ")]
        else:
            commands, self.expected = example.text, []
        for command in complete_commands(commands):
            self.enter(self.filled(command))

    def filled(self, command):
        command = SOMEBODYS_DATABASE.sub(lambda _: self.new_database(), command)
        for shown, meant in {"http://localhost:8080": self.url, **self.filling}.items():
            command = command.replace(shown, meant)
        return command

    def enter(self, command):
        if variable := assigned(command):
            self.environment[variable] = self.run(f'{command}printf %s "${variable}"')
        elif endless := ENDLESS.search(command):
            getattr(self, endless[1])(command)
        else:
            if "herald migrate" in command and "HERALD_DATABASE_URL" in self.environment:
                self.environment["HERALD_DATABASE_URL"] = self.new_database()
            self.heard.append(self.run(command))

    def run(self, command):
        done = subprocess.run(
            ["sh", "-euc", command], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{command}{done.stdout}{done.stderr}"
        return done.stdout

    # What goes on

    def serve(self, command):
        if any(" serve" in line for _, line in self.running):
            self.take_port()
        process = self.start(command)
        until(lambda: answers(process, f"{self.url}/health/ready"), 30, f"{command} is ready")
        self.environment.setdefault("KEY", (self.folder / "data/admin.key").read_text().strip())

    def listen(self, command):
        self.start(command)
        key = {"Authorization": f"Bearer {self.environment['KEY']}"}
        devices = f"{self.url}/v1/devices?limit=1000"
        known = len(requests.get(devices, headers=key, timeout=30).json()["devices"])
        until(lambda: len(requests.get(devices, headers=key, timeout=30).json()["devices"]) > known, 30, f"{command} is a device")

    def simulate(self, command):
        self.start(command)
        for line in self.expected:
            self.hears(line)

    def hears(self, text):
        until(lambda: any(text in heard for heard in self.heard), 30, lambda: f"{text!r} is printed; what was is {self.heard}")

    def start(self, command):
        process = subprocess.Popen(
            ["sh", "-euc", f"exec env {command}"], cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True,
            stderr=open(self.folder / "stderr.log", "ab"))
        self.running.append((process, command))
        threading.Thread(target=lambda: [self.heard.append(line) for line in process.stdout], daemon=True).start()
        return process

    def close(self):
        while self.running:
            process, _ = self.running.pop()
            process.terminate()
            process.wait(timeout=30)


def answers(process, url):
    assert process.poll() is None, "it ended by itself"
    try:
        return requests.get(url, timeout=2).status_code == 200
    except requests.RequestException:
        return False


def assigned(command):
    """The variable that a line sets, where it does nothing else."""
    found = ASSIGNMENT.fullmatch(command.strip())
    return found and (found[1] or found[2])


def complete_commands(text):
    """Each with its newline: quotes and backslashes go on over lines."""
    command = ""
    for line in text.splitlines(keepends=True):
        command += line
        if not command.endswith("\\\n") and subprocess.run(["sh", "-nc", command], capture_output=True).returncode == 0:
            yield command
            command = ""
    assert not command, f"this is no complete command: {command}"
