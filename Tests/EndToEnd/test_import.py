"""`herald import devices` and `herald export devices`: what goes in comes out, and what won't do is told."""

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
from pathlib import Path

import pytest

from herald_server import BINARY, HeraldServer, run_herald
from keys import UserAgentKey
from postgres import new_schema

ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(make_server):
    """A server's database whose server is stopped."""
    return resting(make_server())


@pytest.fixture
def other_house(make_server):
    return resting(make_server())


def resting(server):
    server.stop()
    return server


def lines(*devices):
    return "".join(json.dumps(device, ensure_ascii=False) + "\n" for device in devices)


def load(house, text, *arguments, check=True):
    done = house.run("import", "devices", "-", *arguments, input=text, check=False, timeout=120)
    assert not check or done.returncode == 0, done.stderr
    return done


def exported(house, *arguments):
    return house.run("export", "devices", *arguments).stdout


def fcm(number, **more):
    return {"provider": "fcm", "token": f"token-{number}", **more}


def every_kind():
    """A device of each provider, with everything that can be said of one."""
    subscription = UserAgentKey().subscription("https://push.example.com/abc")
    profile = {"platform": "ios", "locale": "de-AT", "time_zone": "Europe/Vienna", "app_version": "2.10.1"}
    tags = {"plan": "pro", "age": 31, "ratio": -1.5, "beta": True, "langs": ["de", 5, False], "none": [], "digits": "31",
            "odd": "a,\"b\"\nc", "list-like": "[x", "null-like": "null", "ünïcode": "ß🔔", "padded": " 5 "}
    return [
        {"provider": "webpush", "subscription": subscription, "user": "jörg \"the\" one", "topics": ["news", "a|b", "[c"], "tags": tags},
        {"provider": "apns", "token": "ab" * 32, "environment": "sandbox", "kind": "voip", "app_identifier": "com.example.app", **profile},
        fcm(1, topics=["news", "sport"], id="my-own.id_1", created_at="2020-01-02T03:04:05.678Z", updated_at="2021-01-02T03:04:05Z",
            disabled_at="2022-01-02T03:04:05.001Z"),
        {"provider": "hms", "token": "h", "kind": "harmony", "topics": [], "tags": {"only": "here"}},
        {"provider": "wns", "token": "https://db5.notify.windows.com/?token=a%2bb", "user": " "},
    ]


@pytest.mark.both_databases
def test_a_line_means_what_a_registration_means(house, other_house):
    devices = [device for device in every_kind() if "id" not in device]
    other_house.start()
    for device in devices:
        reply = other_house.api.http.post(f"{other_house.url}/v1/devices", json=device)
        assert reply.status_code == 201, reply.text
    registered = other_house.api.devices()

    done = load(house, lines(*devices))
    assert done.stdout == "4 read, 4 new, 0 updated, 0 refused\n"
    house.start()

    def told(devices):
        own = {"id", "created_at", "updated_at"}
        return sorted(json.dumps({key: value for key, value in device.items() if key not in own}, sort_keys=True) for device in devices)

    assert told(house.api.devices()) == told(registered)


@pytest.mark.both_databases
@pytest.mark.parametrize("format", ["ndjson", "csv"])
def test_what_comes_out_goes_in_again(house, other_house, format):
    load(house, lines(*every_kind()))
    out = exported(house, "--format", format)
    done = load(other_house, out, "--format", format)
    assert done.stdout == "5 read, 5 new, 0 updated, 0 refused\n"
    assert exported(other_house, "--format", format) == out
    assert exported(other_house) == exported(house)


@pytest.mark.one_database(reason="goes from the one to the other")
def test_what_comes_out_of_sqlite_goes_into_postgresql(house, postgres, tmp_path):
    load(house, lines(*every_kind()))
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere = HeraldServer(folder, {"HERALD_DATABASE_URL": new_schema(postgres.url)})
    resting(elsewhere.start())
    for format in ["ndjson", "csv"]:
        load(elsewhere, exported(house, "--format", format), "--format", format)
        assert exported(elsewhere) == exported(house)


def test_an_id_that_was_given_is_kept_and_so_are_the_moments(house):
    load(house, lines(*every_kind()))
    (device,) = [device for device in map(json.loads, exported(house).splitlines()) if device["id"] == "my-own.id_1"]
    assert (device["created_at"], device["updated_at"], device["disabled_at"]) == (
        "2020-01-02T03:04:05.678Z", "2021-01-02T03:04:05.000Z", "2022-01-02T03:04:05.001Z")


def test_importing_again_changes_nothing_but_the_moment(house):
    text = lines(*(fcm(number, user="ann", topics=["news"], tags={"plan": "pro"}) for number in range(300)))
    load(house, text)

    def without_moment():
        return [{key: value for key, value in json.loads(line).items() if key != "updated_at"} for line in exported(house).splitlines()]

    before = without_moment()
    assert load(house, text).stdout == "300 read, 0 new, 300 updated, 0 refused\n"
    assert without_moment() == before and len(before) == 300


def test_the_later_line_wins(house):
    load(house, lines(fcm(1, user="ann", tags={"a": 1, "b": 1}), fcm(2), fcm(1, user="bob", tags={"a": 2, "b": None})))
    first, _ = sorted(map(json.loads, exported(house).splitlines()), key=lambda device: device["token"])
    assert first["user"] == "bob" and first["tags"] == {"a": 2}


REFUSED = [
    (lines({"provider": "fcm"}), "token"),
    (lines(fcm(9, colour="red")), "colour"),
    (lines(fcm(9, locale="!!")), "locale"),
    (lines(fcm(9, time_zone="Europe/Wien")), "time_zone"),
    (lines(fcm(9, tags={"a": "x" * 300})), "tags.a"),
    (lines(fcm(9, topics=[""])), "topics"),
    (lines(fcm(9, id="a/b")), "id"),
    (lines(fcm(9, id="taken")), "id"),
    (lines(fcm(9, created_at="yesterday")), "created_at"),
    (lines(fcm(9, identity_token="x")), "identity_token"),
    (lines({"provider": "pigeon", "token": "x"}), "provider"),
    (lines({"provider": "webpush", "subscription": UserAgentKey().subscription("https://10.0.0.1/")}), "subscription.endpoint"),
    (lines(fcm(9, user="x\0y")), "user"),
    ("{not json\n", None),
    ("[]\n", None),
    ("\x01\x02 binary\n", None),
    (lines(fcm(9, user="x" * 300_000)), None),
]


def test_refused_lines_are_told_and_the_others_are_taken(house, tmp_path):
    good = [fcm(0, id="taken"), fcm(1), fcm(2)]
    text = lines(good[0]) + "\n" + "".join(bad for bad, _ in REFUSED) + lines(*good[1:])
    report = tmp_path / "refused.ndjson"
    done = load(house, text, "--refused", str(report), check=False)
    assert done.returncode == 1
    assert done.stdout == f"{3 + len(REFUSED)} read, 3 new, 0 updated, {len(REFUSED)} refused\n"
    refused = [json.loads(line) for line in report.read_text().splitlines()]
    assert [(line["line"], line.get("field")) for line in refused] == [
        (number, field) for number, (_, field) in enumerate(REFUSED, start=3)]
    for line, (bad, _) in zip(refused, REFUSED):
        assert bad.startswith(line["text"]) and line["problem"]
    assert report.stat().st_mode & 0o777 == 0o600
    assert "line 3: " in done.stderr and f"and {len(REFUSED) - 10} more" in done.stderr
    assert sorted(json.loads(line)["token"] for line in exported(house).splitlines()) == [device["token"] for device in good]


def test_refused_lines_of_csv_are_told(house, tmp_path):
    text = 'provider,token,user,tags.a\nfcm,1,"two\nlines",5\nfcm,2,a"b,\nfcm,3\n\nfcm,4,,[1\nfcm,"5"x,,\r\nfcm,6,,"x"\n"never,ends'
    report = tmp_path / "refused.ndjson"
    done = load(house, text, "--format", "csv", "--refused", str(report), check=False)
    assert done.stdout == "7 read, 2 new, 0 updated, 5 refused\n"
    assert [json.loads(line)["line"] for line in report.read_text().splitlines()] == [4, 5, 7, 8, 10]
    users = {json.loads(line)["token"]: json.loads(line).get("user") for line in exported(house).splitlines()}
    assert users == {"1": "two\nlines", "6": None}


@pytest.mark.parametrize("header, named", [
    ("provider,colour", "colour"), ("token,user", "provider"), ("provider,user,user", "user"), ('provider,"us', "line 1 of")])
def test_a_header_that_cannot_be_meant_stops_the_import(house, header, named):
    done = load(house, header + "\nfcm,x,y\n", "--format", "csv", check=False)
    assert done.returncode == 1 and named in done.stderr and done.stdout == ""


def test_what_spreadsheets_write_is_read(house):
    """A byte order mark, CRLF, everything in quotes."""
    sheet = io.StringIO()
    rows = [{"provider": "fcm", "token": f"t{number}", "user": 'says "hi", twice\nor so', "topics": "a|b"} for number in range(3)]
    writer = csv.DictWriter(sheet, rows[0].keys(), quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    load(house, "\ufeff" + sheet.getvalue(), "--format", "csv")
    devices = [json.loads(line) for line in exported(house).splitlines()]
    assert [(device["user"], device["topics"]) for device in devices] == [(rows[0]["user"], ["a", "b"])] * 3
    assert list(csv.DictReader(io.StringIO(exported(house, "--format", "csv"), newline="")))[0]["user"] == rows[0]["user"]


def test_an_empty_file_and_one_without_a_last_newline(house):
    assert load(house, "").stdout == "0 read, 0 new, 0 updated, 0 refused\n"
    assert load(house, "", "--format", "csv").stdout == "0 read, 0 new, 0 updated, 0 refused\n"
    assert load(house, lines(fcm(1)).rstrip()).stdout == "1 read, 1 new, 0 updated, 0 refused\n"


@pytest.mark.one_database(reason="PostgreSQL takes several programs at once")
def test_a_running_server_keeps_an_import_out_but_not_an_export(server, tmp_path):
    server.api.http.post(f"{server.url}/v1/devices", json=fcm(1))
    done = load(server, lines(fcm(2)), check=False)
    assert done.returncode == 1 and "stop it first" in done.stderr
    target = tmp_path / "devices.csv"
    server.run("export", "devices", str(target))
    assert target.read_text().count("\n") == 2 and target.stat().st_mode & 0o777 == 0o600


@pytest.mark.one_database(reason="about a data folder")
def test_a_folder_without_a_database_is_no_new_server(tmp_path):
    for command in ["import", "export"]:
        done = run_herald(command, "devices", "-", "--data", str(tmp_path), input="", check=False)
        assert done.returncode == 1 and "--data" in done.stderr
    assert not any(tmp_path.iterdir())


def test_what_cannot_be_asked_for_is_told(house, tmp_path):
    for arguments, word in [(["nowhere.ndjson"], "no file"), ([str(tmp_path)], "folder"), (["a.txt"], "--format"), (["-", "--app", "x"], "App x")]:
        done = house.run("import", "devices", *arguments, input="", check=False)
        assert done.returncode == 1 and word in done.stderr and done.stderr.startswith("herald: "), done.stderr


def test_what_was_committed_stays_when_the_import_is_broken_off(house, tmp_path):
    """Killed in the middle of a file that never ends, then run again with all of it."""
    devices = [fcm(f"{number}-{'x' * 900}") for number in range(20_000)]
    command = [BINARY, "import", "devices", "-", "--data", str(house.data)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env=house.environment)
    process.stdin.write(lines(*devices).encode())
    process.stdin.flush()
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = {json.loads(line)["token"] for line in exported(house).splitlines()}
    assert left <= {device["token"] for device in devices}
    done = load(house, lines(*devices))
    assert done.stdout == f"20000 read, {20_000 - len(left)} new, {len(left)} updated, 0 refused\n"


def test_a_terminal_shows_how_far_it_is(house, tmp_path):
    file = tmp_path / "devices.ndjson"
    file.write_text(lines(*(fcm(number) for number in range(50)), fcm(9, colour="red")))
    for command, shown_at_end in [("import", r"\r\[#+\] +100%  51 devices  \d+ /s  1 refused"), ("export", r"\r\[#+\] +100%  50 devices")]:
        target = file if command == "import" else tmp_path / "out.ndjson"
        screen, terminal = pty.openpty()
        with os.fdopen(screen, "rb", buffering=0) as screen:
            subprocess.run(
                [BINARY, command, "devices", str(target), "--data", str(house.data)], stdout=subprocess.PIPE, stderr=terminal,
                env=house.environment, timeout=30)
            os.close(terminal)
            shown = screen.read(65536).decode()
        assert re.search(shown_at_end, shown), shown


COMMANDS = [line for block in re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs/import.md").read_text(), re.S | re.M)
            for line in block.splitlines()]


@pytest.mark.one_database(reason="the documented commands are the same")
def test_the_documented_commands_work_as_they_stand(house, tmp_path):
    page = (ROOT / "docs/import.md").read_text()
    (sheet,) = re.findall(r"^```csv\n(.*?)^```", page, re.S | re.M)
    (line,) = re.findall(r"^```json\n(.*?)^```", page, re.S | re.M)
    (tmp_path / "devices.csv").write_text(sheet)
    (tmp_path / "devices.ndjson").write_text(line.replace("…", "x"))
    (tmp_path / "data").symlink_to(house.data)
    subprocess.run(["gzip", "devices.csv"], cwd=tmp_path, check=True)
    assert len(COMMANDS) == 4
    for command in COMMANDS:
        done = subprocess.run(
            ["sh", "-euc", command.replace("herald ", f"{BINARY} ")], cwd=tmp_path, capture_output=True, text=True, env=house.environment)
        assert done.returncode == 0, command + done.stderr
    assert {device["user"] for device in map(json.loads, exported(house).splitlines())} == {"ann"}
    assert len(exported(house).splitlines()) == 2
