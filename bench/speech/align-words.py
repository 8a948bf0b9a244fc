"""The yardstick of word times: PocketSphinx 5 told what was said, asked when.

Reads `{"path": 16 kHz WAV, "words": [...]}` lines; prints for each the words with their phones, in seconds, or null where a word is
not in its dictionary or the sound does not fit the text.
"""
import json
import sys
import wave

from pocketsphinx import Decoder

FRAME_SECONDS = 0.01
decoder = Decoder(samprate=16000, loglevel="FATAL", lm=None)


def run(samples):
    decoder.start_utt()
    decoder.process_raw(samples, full_utt=True)
    decoder.end_utt()


def span(part):
    start = part.start * FRAME_SECONDS
    return {"start": start, "end": start + part.duration * FRAME_SECONDS}


def align(path, words):
    if any(decoder.lookup_word(word) is None for word in words):
        return None
    with wave.open(path) as sound:
        samples = sound.readframes(sound.getnframes())
    try:
        decoder.set_align_text(" ".join(words))
        run(samples)
        decoder.set_alignment()
        run(samples)
        alignment = decoder.get_alignment()
        # Read at once: what the alignment gives out is gone with it.
        found = []
        for word in alignment:
            phonemes = [{"phoneme": phone.name, **span(phone)} for phone in word]
            if word.name.split("(")[0] in words:
                found.append({**span(word), "phonemes": phonemes})
        return found
    except RuntimeError:
        return None


for line in sys.stdin:
    print(json.dumps(align(**json.loads(line))), flush=True)
