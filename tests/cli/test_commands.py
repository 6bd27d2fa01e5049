"""What operators do first, and what they do wrong."""

import json

import pytest

from nightlight.cli import main
from tests.cli.conftest import MANAGER, PASSWORD, URL, Home


def test_a_home_is_made_with_its_first_person_and_again_is_as_good_as_once(home: Home) -> None:
    first = home.run("init", "--rehearsal", *MANAGER)
    ring = (home.folder / "keys" / "ring.json").read_bytes()
    second = home.run("init", "--rehearsal", *MANAGER)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert (home.folder / "keys" / "ring.json").read_bytes() == ring
    assert home.folder.stat().st_mode & 0o077 == 0


def test_nobody_s_password_is_changed_by_running_init_again(rehearsal: Home) -> None:
    again = rehearsal.run("init", "--rehearsal", *MANAGER, password="another lamp in the window")

    assert again.returncode == 2
    assert "there is already a person" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--role", "manager"), "--role needs --person"),
        (("--person", "a@hotline.test", "--role", "king"), "there is no role king"),
        (("--person", "nobody", "--role", "manager"), "not an e-mail"),
    ],
)
def test_a_person_that_can_t_be_added_is_bad_usage(
    rehearsal: Home, arguments: tuple[str, ...], said: str
) -> None:
    done = rehearsal.run("init", "--rehearsal", *arguments)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_password_that_nobody_gives_is_asked_for_in_one_line(rehearsal: Home) -> None:
    done = rehearsal.run("init", "--rehearsal", "--person", "new@hotline.test", password="")

    assert done.returncode == 2
    assert "NIGHTLIGHT_PASSWORD" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_weak_password_is_refused(rehearsal: Home) -> None:
    done = rehearsal.run("init", "--rehearsal", *MANAGER, password="lamp")

    assert done.returncode == 2
    assert PASSWORD not in done.stderr


def test_a_home_can_t_change_its_kind(rehearsal: Home) -> None:
    done = rehearsal.run("init")

    assert done.returncode == 2
    assert "can't change its kind" in done.stderr


def test_a_clock_in_a_real_home_is_refused(real: Home) -> None:
    done = real.run("serve", "--port", "0", clock="2026-01-05T09:00:00Z jump")

    assert done.returncode == 2
    assert "NIGHTLIGHT_CLOCK" in done.stderr


def test_a_clock_that_can_t_be_read_is_refused(rehearsal: Home) -> None:
    done = rehearsal.run("init", "--rehearsal", clock="tomorrow")

    assert done.returncode == 2
    assert "NIGHTLIGHT_CLOCK" in done.stderr


@pytest.mark.parametrize("arguments", [("serve", "--port", "0"), ("work",), ("init",), ("keys", "rotate")])
def test_a_database_of_another_ring_is_refused(
    rehearsal: Home, real: Home, arguments: tuple[str, ...]
) -> None:
    done = real.run(*arguments, database_url=rehearsal.environment[URL])

    assert done.returncode == 2
    assert "another key ring" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("web", "--port", "0"), ("work",), ("doctor",), ("token", "x", "--scope", "desk")]
)
def test_a_home_that_nobody_made_is_named(home: Home, arguments: tuple[str, ...]) -> None:
    done = home.run(*arguments)

    assert done.returncode in (1, 2)
    assert "nightlight init" in done.stderr + done.stdout
    assert not home.folder.exists()


@pytest.mark.parametrize("arguments", [("stats",), ("token", "x", "--scope", "report"), ("audit", "verify")])
def test_a_database_that_nobody_prepared_is_named(real: Home, home: Home, arguments: tuple[str, ...]) -> None:
    done = real.run(*arguments, database_url=home.environment[URL])

    assert done.returncode == 2
    assert "nightlight init" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [("token", " ", "--scope", "report"), ("web", "--host", "nowhere.invalid", "--port", "0")]
)
def test_what_can_t_be_done_is_said_in_one_line(rehearsal: Home, arguments: tuple[str, ...]) -> None:
    done = rehearsal.run(*arguments)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_scopes_may_be_written_with_commas(rehearsal: Home) -> None:
    done = rehearsal.run("token", "Provider B.V.", "--scope", "member,urls_clear")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("nl_member_")


def test_a_ring_that_others_can_read_is_refused(real: Home) -> None:
    (real.folder / "keys" / "ring.json").chmod(0o644)

    done = real.run("work")

    assert done.returncode == 2
    assert "chmod" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("shine",),
        ("audit",),
        ("keys", "forget"),
        ("serve", "--port", "x"),
        ("serve", "--port", "65536"),
        ("web", "--port", "-1"),
        ("work", "-n", "0"),
        ("demo", "--port", "99999"),
        ("stats", "--as-of", "0001-01-01"),
        ("stats", "--to", "9999-12-31"),
        ("stats", "--from", "2020-02-30"),
    ],
)
def test_what_is_no_command_is_bad_usage(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    out, error = capsys.readouterr()
    assert (ended.value.code, out) == (2, "")
    assert "usage: nightlight" in error


def test_an_unknown_command_is_the_process_s_status_2(home: Home) -> None:
    assert home.run("shine").returncode == 2


def test_a_setting_that_can_t_be_used_is_named(home: Home) -> None:
    done = home.run("init", "--rehearsal", proxy="ftp://127.0.0.1:1")

    assert done.returncode == 2
    assert "NIGHTLIGHT_PROXY" in done.stderr


def test_a_setting_that_nobody_knows_is_named(rehearsal: Home) -> None:
    (rehearsal.folder / "nightlight.toml").write_text('colour = "lamp"\n')

    done = rehearsal.run("doctor")

    assert done.returncode == 1
    assert "unknown setting 'colour'" in done.stdout


def test_a_token_stands_alone_on_standard_output(rehearsal: Home) -> None:
    done = rehearsal.run("token", "laptop", "--scope", "desk")

    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert line.startswith("nl_desk_")


def test_a_desk_token_of_a_real_home_must_be_somebody_s(real: Home) -> None:
    nobodys = real.run("token", "laptop", "--scope", "desk")
    somebodys = real.run("token", "laptop", "--scope", "desk", "--for", "manager@hotline.test")

    assert (nobodys.returncode, nobodys.stdout) == (2, "")
    assert somebodys.stdout.startswith("nl_desk_")


def test_the_log_is_signed_verified_and_a_change_is_found(rehearsal: Home) -> None:
    signed = rehearsal.run("audit", "checkpoint", "--json")
    sound = rehearsal.run("audit", "verify", "--json")
    copy = rehearsal.folder / "checkpoints.log"
    copy.write_text(copy.read_text().replace('"root": "', '"root": "0'))

    changed = rehearsal.run("audit", "verify")

    assert json.loads(signed.stdout)["size"] == 1, signed.stderr
    assert (sound.returncode, json.loads(sound.stdout)["verified_to"]) == (0, 1), sound.stdout
    assert changed.returncode == 1
    assert "FOUND: " in changed.stdout


def test_the_doctor_fails_where_something_is_missing_and_speaks_json(real: Home) -> None:
    done = real.run("doctor", "--json", rdap="/nowhere.json", dns="127.0.0.1:1")

    found = {line["check"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1
    assert found["mandate"]["state"] == "missing"
    assert found["database"]["state"] == "ok"
    assert set(found["mandate"]) == {"check", "state", "found", "do"}


def test_keys_rotate_and_the_home_still_opens(rehearsal: Home) -> None:
    data = rehearsal.run("keys", "rotate")
    index = rehearsal.run("keys", "rotate", "--index")
    after = rehearsal.run("audit", "verify")

    assert (data.returncode, index.returncode, after.returncode) == (0, 0, 0), data.stderr + index.stderr
    assert "data key" in data.stdout
    assert "index key" in index.stdout
