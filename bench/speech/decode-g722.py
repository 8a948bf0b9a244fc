"""Decodes G.722 files to 16 kHz 16-bit samples: decode-g722.py FROM TO [FROM TO ...]"""
import sys
from G722 import G722

arguments = sys.argv[1:]
for source, target in zip(arguments[::2], arguments[1::2]):
    with open(source, "rb") as coded, open(target, "wb") as plain:
        plain.write(G722(16000, 64000).decode(coded.read()).tobytes())
