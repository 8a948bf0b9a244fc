"""The yardstick: PocketSphinx 5 with its own en-us model and default settings, one warmed decoder.

Reads `id<TAB>16 kHz WAV` lines, prints one JSON line for each, and at the end one with the resident memory.
"""
import json
import sys
import time
import wave

from pocketsphinx import Decoder

decoder = Decoder(samprate=16000, loglevel="FATAL")


def recognise(path):
    with wave.open(path) as sound:
        samples = sound.readframes(sound.getnframes())
        seconds = sound.getnframes() / sound.getframerate()
    begin, cpu = time.perf_counter(), time.process_time()
    decoder.start_utt()
    decoder.process_raw(samples, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return {
        "text": found.hypstr if found else "",
        "seconds": seconds,
        "wallSeconds": time.perf_counter() - begin,
        "cpuSeconds": time.process_time() - cpu,
    }


clips = [line.rstrip("\n").split("\t") for line in sys.stdin]
if clips:
    recognise(clips[0][1])
for name, path in clips:
    print(json.dumps({"id": name, **recognise(path)}), flush=True)
with open("/proc/self/status") as status:
    resident = next(line for line in status if line.startswith("VmRSS"))
print(json.dumps({"residentBytes": int(resident.split()[1]) * 1024}))
