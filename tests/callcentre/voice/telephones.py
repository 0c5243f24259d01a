"""A real telephone for tests: sipp, its scenario and sound made when it is used."""

from __future__ import annotations

import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from madang.callcentre.voice.engine import g711

PROGRAM = "sipp"
_CALL = """<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="a caller">
  <send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch];rport
From: <sip:01012345678@[local_ip]:[local_port]>;tag=[pid]t[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP {law} 101
a=rtpmap:{law} {name}/8000
a=rtpmap:101 telephone-event/8000
a=ptime:20
]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="200" rtd="true"/>
  <send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch];rport
From: <sip:01012345678@[local_ip]:[local_port]>;tag=[pid]t[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0
]]></send>
  <nop><action><exec rtp_stream="{sound},1,{law}"/></action></nop>
  <pause milliseconds="{lasts_ms}"/>
  <send retrans="500"><![CDATA[
BYE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch];rport
From: <sip:01012345678@[local_ip]:[local_port]>;tag=[pid]t[call_number]
[last_To:]
Call-ID: [call_id]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0
]]></send>
  <recv response="200"/>
</scenario>
"""


def missing() -> str:
    """Return what a call needs and is not here; empty where all is."""
    lacking = [one for one in (PROGRAM, "espeak-ng") if shutil.which(one) is None]
    return f"no {', '.join(lacking)} on this machine" if lacking else ""


def telephone_sound(clip: Path, made: Path, law: int, before_s: float, after_s: float) -> float:
    """Write a clip as headerless G.711 for sipp, with what a quiet line sends before and after it.

    Return the seconds of the whole.
    """
    with wave.open(str(clip)) as reader:
        rate = reader.getframerate()
        samples = np.frombuffer(reader.readframes(reader.getnframes()), "<i2")
    heard = np.clip(resample_poly(samples.astype(float), 8000, rate), -32768, 32767)
    noise = np.random.default_rng(7).normal(0.0, 8.0, round(8000 * (before_s + after_s)))
    at = round(8000 * before_s)
    whole = np.concatenate([noise[:at], heard, noise[at:]]).astype(np.int16)
    made.write_bytes(g711.mulaw(whole) if law == 0 else g711.alaw(whole))
    return len(whole) / 8000


def caller(
    folder: Path, sound: Path, law: int, sip_port: int, media_port: int, lasts_s: float
) -> subprocess.Popen[bytes]:  # fmt: skip
    """Start a call that plays a sound and hangs up."""
    scenario = folder / "caller.xml"
    scenario.write_text(
        _CALL.format(
            law=law, name="PCMU" if law == 0 else "PCMA", sound=sound,
            lasts_ms=round(1000 * lasts_s),
        )
    )  # fmt: skip
    return subprocess.Popen(
        [
            PROGRAM, f"127.0.0.1:{sip_port}", "-sf", str(scenario), "-m", "1", "-i", "127.0.0.1",
            "-mi", "127.0.0.1", "-mp", str(media_port), "-nostdin", "-timeout", "60",
            "-timeout_error", "-trace_err", "-s", "120",
        ],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
