"""The pixels of a picture that Chromium made: PNG, 8 bits, RGB or RGBA (https://www.w3.org/TR/png/)."""

import struct
import zlib


def _chunks(data):
    offset = 8
    while offset < len(data):
        length, kind = struct.unpack(">I4s", data[offset : offset + 8])
        yield kind, data[offset + 8 : offset + 8 + length]
        offset += length + 12


def _paeth(left, above, corner):
    estimate = left + above - corner
    distances = (abs(estimate - left), abs(estimate - above), abs(estimate - corner))
    return (left, above, corner)[distances.index(min(distances))]


def _unfilter(kind, row, before, step):
    for index, value in enumerate(row):
        left = row[index - step] if index >= step else 0
        corner = before[index - step] if index >= step else 0
        added = (0, left, before[index], (left + before[index]) // 2, 0)[kind]
        if kind == 4:
            added = _paeth(left, before[index], corner)
        row[index] = (value + added) & 255


def count_colours(path):
    """Width, height, and how many pixels there are of each (red, green, blue)."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks = list(_chunks(data))
    width, height, depth, colour = struct.unpack(">IIBB", dict(chunks)[b"IHDR"][:10])
    assert depth == 8 and colour in (2, 6)
    step = 3 if colour == 2 else 4
    raw = zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT"))
    counts = {}
    before = bytearray(width * step)
    for start in range(0, len(raw), width * step + 1):
        row = bytearray(raw[start + 1 : start + 1 + width * step])
        if raw[start]:
            _unfilter(raw[start], row, before, step)
        for index in range(0, len(row), step):
            pixel = tuple(row[index : index + 3])
            counts[pixel] = counts.get(pixel, 0) + 1
        before = row
    return width, height, counts
