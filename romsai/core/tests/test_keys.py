"""The key process through its own socket: a real server, real bad clients, a real key file."""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from datetime import date
from hashlib import sha256

import pytest

from romsai.core.keys import client, server, wire
from romsai.core.keys.ring import CONTEXT, TOKEN, WRAP, Refused, Ring, changing, pads

DAY = date(2026, 3, 1)


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "secrets" / "keys.json"
    with changing(path):
        Ring.made("THA", DAY).save(path)
    return path


@pytest.fixture
def process(key_file, tmp_path, monkeypatch):
    path = tmp_path / "run" / "keys.sock"
    monkeypatch.setenv("ROMSAI_KEYS_SOCKET", str(path))
    with server.running(path, key_file, "production") as running:
        yield running


def test_a_data_key_opens_with_what_it_is_about_and_with_nothing_else(process):
    wrapped, plain = client.new_data_key("person 1")
    moved = wrapped._replace(about="person 2")
    changed = wrapped._replace(bytes=wrapped.bytes[:-1] + bytes([wrapped.bytes[-1] ^ 1]))
    unknown = wrapped._replace(kek="kek-THA-1999")
    assert client.unwrap([wrapped, moved, changed, unknown]) == [plain, None, None, None]
    assert len(plain) == 32 and plain not in wrapped.bytes


def test_every_flipped_byte_is_noticed():
    ring = Ring.made("THA", DAY)
    wrapped, plain, kek = ring.new_data_key("person 1")
    for place in range(len(wrapped)):
        flipped = bytearray(wrapped)
        flipped[place] ^= 0x40
        assert ring.unwrap("person 1", kek, bytes(flipped)) is None
    assert ring.unwrap("person 1", kek, wrapped) == plain


def test_rotating_twice_under_load_fails_no_read(process, key_file):
    born, stop, failed, reads = (
        [client.new_data_key(f"person {n}") for n in range(20)],
        threading.Event(),
        [],
        [0],
    )

    def read():
        while not stop.is_set():
            opened = client.unwrap(wrapped for wrapped, _ in born)
            reads[0] += len(opened)
            failed.extend(1 for found, (_, plain) in zip(opened, born, strict=True) if found != plain)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    names = [client.status()["wrapping"]]
    for _ in range(2):
        with changing(key_file):
            Ring.load(key_file, "production").rotated(WRAP, DAY).save(key_file)
        names.append(client.status()["wrapping"])
        time.sleep(0.1)
    rewrapped = client.rewrap(wrapped for wrapped, _ in born)
    stop.set()
    for reader in readers:
        reader.join()
    print(f"{reads[0]} reads through two rotations, {len(failed)} failed")
    assert names == ["kek-THA-2026", "kek-THA-2026-2", "kek-THA-2026-3"]
    assert reads[0] > 100 and not failed
    assert {w.kek for w in rewrapped} == {"kek-THA-2026-3"}
    assert client.unwrap(rewrapped) == [plain for _, plain in born]


def test_a_retired_key_opens_nothing_any_more_and_the_one_in_use_cannot_be_retired(process, key_file):
    wrapped, plain = client.new_data_key("person 1")
    with pytest.raises(Refused):
        Ring.load(key_file, "production").without("kek-THA-2026")
    Ring.load(key_file, "production").rotated(WRAP, DAY).save(key_file)
    (renewed,) = client.rewrap([wrapped])
    Ring.load(key_file, "production").without("kek-THA-2026").save(key_file)
    assert client.unwrap([wrapped, renewed]) == [None, plain]


def test_tokens_are_equal_for_equal_texts_of_one_kind_only(process):
    first, again, other = client.tokens("name", ["noy", "noy", "mai"])
    assert first == again != other and len(first) == 8
    assert client.tokens("sound", ["noy"]) != [first]
    with pytest.raises(client.KeyRequestRefused):
        client.tokens("sex", ["F"])


def test_the_pads_give_the_same_signature_as_hmac(process):
    import hmac

    context = client.context()
    inner = sha256(context.ipad + b"7.1893456000.abc").digest()
    assert sha256(context.opad + inner).hexdigest() == hmac.digest(context.key, b"7.1893456000.abc", "sha256").hex()
    assert pads(context.key) == (context.ipad, context.opad)


def test_rotating_contexts_keeps_one_previous_key():
    ring = Ring.made("THA", DAY).rotated(CONTEXT, date(2026, 3, 2)).rotated(CONTEXT, date(2026, 3, 3))
    assert [k.name for k in ring.keys.values() if k.purpose == CONTEXT] == [
        "context-20260302",
        "context-20260303",
    ]
    assert ring.context()[0] == "context-20260303"


def test_an_announced_context_key_signs_only_after_the_rotation():
    ring = Ring.made("THA", DAY)
    announced = ring.announced(date(2026, 3, 2))
    assert announced.context() == ring.context()
    assert announced.announced(date(2026, 3, 9)) is announced
    rotated = announced.rotated(CONTEXT, date(2026, 3, 9))
    assert rotated.context() == ("context-20260302", announced.next_context().secret)
    assert rotated.next_context() is None
    assert [(k.name, k.state) for k in rotated.keys.values() if k.purpose == CONTEXT] == [
        ("context-20260301", "previous"),
        ("context-20260302", "current"),
    ]


def test_a_context_key_is_due_on_the_next_day():
    ring = Ring.made("THA", DAY)
    assert not ring.context_is_due(DAY)
    assert ring.context_is_due(date(2026, 3, 2))


def test_rotating_token_keys_changes_every_token_but_those_of_receipts():
    ring = Ring.made("THA", DAY)
    rotated = ring.rotated(TOKEN, DAY)
    assert rotated.tokens("name", ["noy"]) != ring.tokens("name", ["noy"])
    assert rotated.tokens("receipt", ["7412"]) == ring.tokens("receipt", ["7412"])


def test_the_inventory_shows_no_secret(process, key_file):
    shown = json.dumps(client.status()) + repr(Ring.load(key_file, "production").keys)
    secrets = [k["secret"] for k in json.loads(key_file.read_text())["keys"]]
    assert len(secrets) == 8 and not [s for s in secrets if s in shown]
    assert client.status()["keys"][0] == {
        "name": "kek-THA-2026",
        "purpose": "wrap",
        "algorithm": "AES-256-GCM",
        "created": "2026-03-01",
        "rotate_by": "2027-03-01",
        "state": "current",
    }


def test_a_key_file_that_others_may_read_is_refused(key_file):
    assert key_file.stat().st_mode & 0o777 == 0o600
    key_file.chmod(0o640)
    with pytest.raises(Refused, match="chmod 600"):
        Ring.load(key_file, "production")


def test_production_refuses_the_keys_of_the_tests(tmp_path):
    path = tmp_path / "keys.json"
    Ring.made("THA", DAY, fixed=True).save(path)
    assert Ring.load(path, "test").context() == Ring.made("THA", DAY, fixed=True).context()
    with pytest.raises(Refused, match="test keys"):
        Ring.load(path, "production")
    demo_then_one_test_key = json.loads(path.read_text())
    for key in demo_then_one_test_key["keys"][1:]:
        key["secret"] = wire.text(os.urandom(32))
    path.write_text(json.dumps({**demo_then_one_test_key, "fixed": False}))
    with pytest.raises(Refused, match="test keys"):
        Ring.load(path, "production")


def test_a_damaged_key_file_does_not_stop_a_process_that_runs(process, key_file):
    wrapped, plain = client.new_data_key("person 1")
    key_file.write_text("{")
    assert client.unwrap([wrapped]) == [plain]


BAD = {
    "nothing": b"",
    "half a head": b"\0\0",
    "half a frame": struct.pack("!I", 100) + b"{",
    "too long": struct.pack("!I", 2**31),
    "no JSON": struct.pack("!I", 3) + b"abc",
    "no object": struct.pack("!I", 2) + b"[]",
    "no operation": struct.pack("!I", 2) + b"{}",
    "wrong types": struct.pack("!I", 27) + b'{"op":"unwrap","items":[7]}',
    "not base64": struct.pack("!I", 43) + b'{"op": "unwrap", "items": [["a","b","\\u00e9"]]}'[:43],
    "unknown": struct.pack("!I", 14) + b'{"op":"shell"}',
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_client_harms_nobody_else(process, name):
    for _ in range(5):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.settimeout(2)
            sock.connect(process.server_address)
            sock.sendall(BAD[name])
            sock.shutdown(socket.SHUT_WR)
            answer = sock.recv(4096)
            assert b"key" not in answer
    assert len(client.tokens("name", ["noy"])) == 1


def test_a_crowd_of_idle_clients_is_turned_away_and_leaves_room_again(process):
    crowd = [socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) for _ in range(server.MOST_CLIENTS + 20)]
    for sock in crowd:
        sock.connect(process.server_address)
    crowd[-1].settimeout(5)
    assert crowd[-1].recv(1) == b""  # turned away
    for sock in crowd:
        sock.close()
    time.sleep(0.3)
    assert len(client.tokens("name", ["noy"])) == 1


def test_without_a_process_the_client_says_so_at_once(tmp_path, monkeypatch):
    monkeypatch.setenv("ROMSAI_KEYS_SOCKET", str(tmp_path / "keys.sock"))
    with pytest.raises(client.KeysUnavailable):
        client.tokens("name", ["noy"])


def test_a_process_that_hangs_is_asked_once_and_not_for_every_name(tmp_path, monkeypatch):
    path = tmp_path / "keys.sock"
    monkeypatch.setenv("ROMSAI_KEYS_SOCKET", str(path))
    monkeypatch.setattr(client, "TIMEOUT", 0.2)
    monkeypatch.setattr(client, "PAUSE", 0.4)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as silent:
        silent.bind(str(path))
        silent.listen()
        began = time.monotonic()
        for _ in range(20):
            with pytest.raises(client.KeysUnavailable):
                client.tokens("name", ["noy"])
        assert time.monotonic() - began < 0.4
    time.sleep(0.4)  # the pause is over for the tests that follow


def test_a_second_process_does_not_take_the_socket_of_a_living_one(process, key_file):
    with pytest.raises(Refused, match="already answers"):
        server.KeyServer(process.server_address, server.KeyFile(key_file, "production"))


def test_the_socket_is_closed_to_other_users(process):
    assert os.stat(process.server_address).st_mode & 0o777 == 0o600


def test_the_memory_of_opened_keys_is_bounded_and_short():
    memory = client.Memory(most=2, seconds=0.05)
    for name in "abc":
        memory.put(name, name.encode())
    assert [memory.get(n) for n in "abc"] == [None, b"b", b"c"]
    time.sleep(0.06)
    assert memory.get("c") is None
    memory.put("d", b"d")
    memory.forget("d")
    assert memory.get("d") is None


def test_the_command_starts_survives_kill_9_and_stops_cleanly(tmp_path, monkeypatch):
    var = tmp_path / "var"
    env = {"PATH": os.environ["PATH"], "ROMSAI_VAR": str(var), "ROMSAI_MODE": "test"}
    monkeypatch.setenv("ROMSAI_KEYS_SOCKET", str(var / "run" / "keys.sock"))
    command = [sys.executable, "-m", "romsai.core.keys"]

    def serve():
        started = subprocess.Popen([*command, "serve"], env=env, stdout=subprocess.PIPE, text=True)
        assert started.stdout.readline() == "The key process is ready.\n"
        return started

    for _ in range(2):  # a second init changes nothing
        subprocess.run([*command, "init", "--country", "THA"], env=env, check=True, capture_output=True)
    process = serve()
    wrapped, plain = client.new_data_key("person 1")
    process.kill()
    process.wait()
    assert (var / "run" / "keys.sock").exists()
    process = serve()
    assert client.unwrap([wrapped]) == [plain]
    shown = subprocess.run([*command, "status"], env=env, check=True, capture_output=True, text=True).stdout
    assert "kek-THA-" in shown and "AES-256-GCM" in shown
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    assert not (var / "run" / "keys.sock").exists()
    loaded = "import sys, romsai.core.keys.__main__; print('django' in sys.modules)"
    seen = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True)
    assert seen.stdout == "False\n"
