"""Writes the files of data that tests of io read, with nothing but the standard library."""

import csv
import gzip
import json
import os
import random
import struct
import zlib

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
os.makedirs(folder, exist_ok=True)


def at(name):
    return os.path.join(folder, name)


# IDX: an array of each type of elements.
values = {
    0x08: ("B", [0, 1, 127, 128, 200, 255]),
    0x09: ("b", [0, 1, -1, 127, -128, 5]),
    0x0B: ("h", [0, 1, -300, 300, -32768, 32767]),
    0x0C: ("i", [0, 1, -70000, 70000, -(2**31), 2**31 - 1]),
    0x0D: ("f", [0, 1, -2.5, 0.1, 1e-30, 3e30]),
    0x0E: ("d", [0, 1, -2.5, 0.1, 1e-300, 3e300]),
}
for code, (letter, numbers) in values.items():
    head = struct.pack(">BBBBII", 0, 0, code, 2, 2, 3)
    contents = head + struct.pack(f">6{letter}", *numbers)
    with open(at(f"{code:02x}.idx"), "wb") as file:
        file.write(contents)
    if code == 0x0B:
        with open(at("0b.idx.gz"), "wb") as file:
            file.write(gzip.compress(contents, mtime=0))

# CSV: fields that need quotes, and numbers of many forms.
with open(at("table.csv"), "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["town", "high", 'low, "at night"', "rain\nin mm"])
    writer.writerow(["Oslo, Norway", 3.5, -2, 1e-7])
    writer.writerow(['the "big" one', 17, None, float("inf")])
    writer.writerow(["two\nlines", 1e300, float("nan"), 0.1])
with open(at("semicolons.csv"), "w", newline="") as file:
    writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([[1, 2.5, -3], [4, 5, 6]])


# PNG: images of all types and filters, interlaced and not; their numbers as JSON.
def chunk(kind, data):
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def paeth(a, b, c):
    p = a + b - c
    distances = [abs(p - a), abs(p - b), abs(p - c)]
    return [a, b, c][distances.index(min(distances))]


def filtered(rows, step, first):
    """Rows of bytes with a filter each."""
    result, above = b"", None
    for number, row in enumerate(rows):
        kind = (number + first) % 5
        above = above or bytes(len(row))
        line = []
        for i, value in enumerate(row):
            a = row[i - step] if i >= step else 0
            b = above[i]
            c = above[i - step] if i >= step else 0
            line.append((value - [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]) % 256)
        result += bytes([kind]) + bytes(line)
        above = row
    return result


def packed(numbers, depth):
    bits = "".join(f"{n:0{depth}b}" for n in numbers)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
generator = random.Random(5)
images = []
for color, depth, channels, interlaced, transparent in [
    (0, 1, 1, 0, False), (0, 2, 1, 1, True), (0, 4, 1, 0, False), (0, 8, 1, 1, False),
    (2, 8, 3, 0, False), (2, 8, 3, 1, True), (3, 1, 1, 1, False), (3, 4, 1, 0, True), (3, 8, 1, 1, True),
    (4, 8, 2, 0, False), (4, 8, 2, 1, False), (6, 8, 4, 0, False), (6, 8, 4, 1, False),
]:
    rows, columns, top = 7, 11, 2**depth - 1
    most = min(top, 12) if color == 3 else top
    image = [
        [[generator.randint(0, most) for _ in range(channels)] for _ in range(columns)]
        for _ in range(rows)
    ]
    raw = b""
    for number, (y, x, dy, dx) in enumerate(passes if interlaced else [(0, 0, 1, 1)]):
        part = [[n for pixel in row[x::dx] for n in pixel] for row in image[y::dy]]
        if part and part[0]:
            raw += filtered([packed(row, depth) for row in part], max(1, channels * depth // 8), number)
    extra, palette, alphas, clear = b"", [], [], None
    if color == 3:
        palette = [[generator.randint(0, 255) for _ in range(3)] for _ in range(most + 1)]
        extra += chunk(b"PLTE", bytes(n for one in palette for n in one))
        if transparent:
            alphas = [generator.randint(0, 255) for _ in range(most)]
            extra += chunk(b"tRNS", bytes(alphas))
    elif transparent:
        clear = image[3][4]
        extra += chunk(b"tRNS", struct.pack(f">{len(clear)}H", *clear))
    # What each pixel shows: its own numbers at 8 bits, then opacity.
    shown = []
    for pixel in (pixel for row in image for pixel in row):
        if color == 3:
            own = palette[pixel[0]] + ([(alphas + [255])[pixel[0]]] if transparent else [])
        else:
            own = [n * 255 // top for n in pixel]
            if transparent:
                own.append(0 if pixel == clear else 255)
        shown.append(own)
    header = struct.pack(">IIBBBBB", columns, rows, depth, color, 0, 0, interlaced)
    name = f"{color}-{depth}{'-interlaced' if interlaced else ''}{'-clear' if transparent else ''}.png"
    contents = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
    contents += chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    images.append({
        "name": name,
        "shape": [len(shown[0]), rows, columns],
        "bytes": contents.hex(),
        "planes": [list(plane) for plane in zip(*shown)],
    })
with open(at("images.json"), "w") as file:
    json.dump(images, file)
