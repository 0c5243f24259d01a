"""faster-whisper on speech given by standard input, for `bench.voice_calls`; one thread."""

from __future__ import annotations

import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
from faster_whisper import WhisperModel

asked = json.load(sys.stdin)
model = WhisperModel(asked["folder"], device="cpu", compute_type="int8", cpu_threads=1)
sounds = [np.array(sound, np.float32) for sound in asked["sounds"]]
list(model.transcribe(sounds[0])[0])
begun = time.process_time()
texts = []
for sound in sounds:
    segments, _info = model.transcribe(sound, beam_size=2, without_timestamps=True)
    texts.append(" ".join(segment.text for segment in segments))
print(json.dumps({"cpu_s": time.process_time() - begun, "texts": texts}))
