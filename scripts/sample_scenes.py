"""Drawn inspection photos for make-samples.py: each scene takes a seeded random.Random and
returns a 2560x1920 picture. Needs Pillow.
"""
import io
import math

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps

W, H = 2560, 1920  # drawing size; photos are saved at half of it


# ---- drawing helpers -------------------------------------------------------------------

def field(rng, scales):
    """Grey noise: one octave for each (x, y) cell size, blended from coarse to fine."""
    out = None
    for sx, sy in scales:
        w, h = W // sx + 2, H // sy + 2
        octave = Image.frombytes("L", (w, h), rng.randbytes(w * h)).resize((W, H), Image.BICUBIC)
        out = octave if out is None else Image.blend(out, octave, 0.38)
    return ImageOps.autocontrast(out, 1)


def texture(rng, dark, mid, light, scales=((400, 400), (90, 90), (24, 24), (6, 6))):
    """Full-frame coloured noise, the base of concrete, steel, water and clouds."""
    return ImageOps.colorize(field(rng, scales), dark, light, mid=mid)


def concrete(rng, k=0):
    """Weathered concrete; k lightens or darkens it."""
    return texture(rng, (112 + k, 108 + k, 102 + k), (150 + k, 147 + k, 139 + k), (182 + k, 178 + k, 168 + k))


def steel(rng, r=74, g=98, b=104):
    """Painted steel with faint brush marks."""
    return texture(rng, (r - 14, g - 14, b - 14), (r, g, b), (r + 18, g + 17, b + 16), ((300, 60), (60, 12), (8, 5)))


def gradient(top, mid, bottom):
    """Vertical three-colour gradient."""
    return ImageOps.colorize(Image.linear_gradient("L").resize((W, H)), top, bottom, mid=mid)


def box(x0, y0, x1, y1):
    """Corner points of a rectangle."""
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def disc(x, y, r, n=48, ry=None, turn=0.0):
    """Points of an ellipse, or of a regular polygon when n is small."""
    return [(x + r * math.cos(turn + i * math.tau / n), y + (ry or r) * math.sin(turn + i * math.tau / n))
            for i in range(n)]


def put(img, pts, paint, blur=0, alpha=255, width=0):
    """Fill a polygon (or stroke a path, if width is given) with a colour or a texture."""
    pad = blur * 3 + width + 2
    x0, y0 = (max(0, int(min(p[i] for p in pts)) - pad) for i in (0, 1))
    x1, y1 = (min(lim, int(max(p[i] for p in pts)) + pad) for i, lim in ((0, W), (1, H)))
    if x1 <= x0 or y1 <= y0:
        return
    mask = Image.new("L", (x1 - x0, y1 - y0))
    shifted = [(x - x0, y - y0) for x, y in pts]
    if width:
        ImageDraw.Draw(mask).line(shifted, alpha, width, joint="curve")
    else:
        ImageDraw.Draw(mask).polygon(shifted, alpha)
    mask = mask.filter(ImageFilter.GaussianBlur(blur)) if blur else mask
    img.paste(paint.crop((x0, y0, x1, y1)) if isinstance(paint, Image.Image) else paint, (x0, y0, x1, y1), mask)


def walk(rng, x, y, dx, dy, n, jitter):
    """A wandering path, for cracks and streaks."""
    pts = [(x, y)]
    for _ in range(n):
        x, y = x + dx + rng.uniform(-jitter, jitter), y + dy + rng.uniform(-jitter, jitter)
        pts.append((x, y))
    return pts


def blob(rng, x, y, r, rough=0.25, n=40):
    """An irregular closed outline."""
    return [(x + (px - x) * k, y + (py - y) * k)
            for px, py in disc(x, y, r, n) for k in [1 + rng.uniform(-rough, rough)]]


def rust(img, rng, x, y, length, width=30):
    """A rust streak that runs down from a point."""
    for _ in range(7):
        path = walk(rng, x + rng.uniform(-width, width), y, 0, length / 8, rng.randint(4, 8), 4)
        put(img, path, (118, 62, 28), 7, rng.randint(50, 130), rng.randint(6, 22))


def bolt(img, rng, x, y, r, colour=(128, 138, 140)):
    """A hexagon bolt head with washer, shadow and highlight."""
    put(img, disc(x + r * .25, y + r * .35, r * 1.35), (15, 15, 15), 10, 150)
    put(img, disc(x, y, r * 1.3), tuple(c - 38 for c in colour))
    turn = rng.uniform(0, 1)
    put(img, disc(x, y, r, 6, turn=turn), tuple(c - 60 for c in colour))
    put(img, disc(x - r * .06, y - r * .08, r * .9, 6, turn=turn), colour)
    put(img, disc(x - r * .2, y - r * .25, r * .45), (225, 230, 230), 9, 90)


def label(img, x, y, text, size, colour=(20, 20, 20)):
    """Write text with Pillow's built-in font."""
    ImageDraw.Draw(img).text((x, y), text, fill=colour, font=ImageFont.load_default(size))


def water_from(img, rng, y, dark, mid, light, mirror=0.3):
    """Cover the frame below y with rippled water that mirrors what is above."""
    sea = texture(rng, dark, mid, light, ((500, 60), (160, 18), (50, 8), (14, 4)))
    above = ImageOps.flip(img.crop((0, max(0, 2 * y - H), W, y))).resize((W, H - y))
    for row in range(0, H - y, 6):
        shift = rng.randint(-4, 4) * (1 + row // 90)
        above.paste(ImageChops.offset(above.crop((0, row, W, row + 6)), shift, 0), (0, row))
    above = above.filter(ImageFilter.GaussianBlur(5))
    img.paste(Image.blend(sea.crop((0, y, W, H)), above, mirror), (0, y))


def grain(img, rng, amount):
    """Sensor noise, the same for all channels."""
    noise = Image.frombytes("L", img.size, rng.randbytes(img.width * img.height))
    noise = noise.point(lambda v: 128 + (v - 128) * amount // 128).convert("RGB")
    return ImageChops.add(img, noise, 1, -128)


def encode_jpeg(img, limit, **options):
    """JPEG bytes at the best quality that stays below the limit."""
    for quality in range(90, 20, -3):
        out = io.BytesIO()
        img.save(out, "JPEG", quality=quality, **options)
        if out.tell() <= limit:
            break
    return out.getvalue()


# ---- scenes ----------------------------------------------------------------------------

def overview(rng, dusk=False):
    """The tied-arch bridge over the harbour, by day or at dusk."""
    img = gradient((38, 44, 84), (150, 98, 112), (236, 168, 110)) if dusk else gradient(
        (88, 132, 184), (150, 182, 212), (208, 214, 214))
    clouds = field(rng, ((900, 150), (420, 70), (150, 30)))
    clouds = clouds.filter(ImageFilter.GaussianBlur(14)).point(lambda v: max(0, min(190, (v - 120) * 2)))
    img.paste((196, 128, 124) if dusk else (244, 245, 246), (0, 0, W, H), clouds)
    shore = [(0, 1236)] + [(x, 1085 - 50 * math.sin(x / 310) - rng.randint(0, 22)) for x in range(0, W + 1, 40)]
    put(img, shore + [(W, 1236)], (52, 44, 62) if dusk else (98, 116, 112), 3)
    ink = (30, 26, 40) if dusk else (60, 84, 96)
    for x in (170, 330, 2330):  # quay cranes
        put(img, [(x, 1120), (x + 20, 860), (x + 40, 1120)], ink, 0, 255, 8)
        put(img, [(x - 70, 905), (x + 20, 840), (x + 150, 880)], ink, 0, 255, 8)
    stone = Image.blend(concrete(rng, -14), Image.new("RGB", (W, H), ink if dusk else (132, 130, 124)), 0.6)
    for x in (520, 2040):
        put(img, [(x - 60, 980), (x + 60, 980), (x + 80, 1240), (x - 80, 1240)], stone)
        put(img, box(x + 25, 985, x + 78, 1240), (0, 0, 0), 8, 70)
    arch = [(520 + i * 38, 930 - 460 * (1 - ((i - 20) / 20) ** 2)) for i in range(41)]
    for x, y in arch[2:-1:3]:
        put(img, [(x, y), (x, 930)], ink, 0, 255, 6)
    put(img, arch, ink, 0, 255, 34)
    put(img, [(x, y - 8) for x, y in arch], (250, 200, 160), 5, 110 if dusk else 70, 6)
    put(img, box(0, 920, W, 975), ink)
    put(img, box(0, 955, W, 990), (0, 0, 0), 6, 110)
    for x in range(0, W, 34):
        put(img, [(x, 922), (x, 888)], ink, 0, 255, 4)
    put(img, [(0, 888), (W, 888)], ink, 0, 255, 5)
    if dusk:
        for x in range(90, W, 260):
            put(img, [(x, 920), (x, 800)], ink, 0, 255, 6)
            put(img, disc(x, 800, 34), (255, 214, 140), 22, 190)
            put(img, disc(x, 800, 9), (255, 246, 220))
        water_from(img, rng, 1230, (28, 30, 52), (70, 62, 88), (160, 118, 110), .45)
        return img.crop((300, 300, 1900, 1500)).resize((W, H), Image.LANCZOS)
    water_from(img, rng, 1230, (40, 66, 80), (78, 108, 118), (150, 172, 176))
    return img


def walkway(rng):
    """The footway with its railing, seen along the deck."""
    img = gradient((120, 158, 198), (186, 204, 216), (220, 222, 216))
    water_from(img, rng, 860, (48, 74, 86), (92, 120, 128), (160, 178, 180), .1)
    asphalt = texture(rng, (62, 62, 64), (88, 88, 88), (124, 122, 118), ((300, 120), (40, 16), (6, 4)))
    put(img, [(1500, 850), (1560, 850), (W, 1500), (W, H), (300, H)], asphalt)
    put(img, [(1480, 850), (1502, 850), (520, H), (120, H)], concrete(rng, 10))
    put(img, [(1532, 850), (1537, 850), (2080, H), (1960, H)], (214, 210, 196), 2, 210)
    paint = (52, 92, 88)
    for i in range(16):
        t = 0.80 ** i
        x, foot, top = 1490 - 1330 * t, 852 + 1060 * t, 846 - 700 * t
        put(img, [(x, foot), (x, top)], paint, 0, 255, max(3, int(52 * t)))
        put(img, [(x + 14 * t, foot), (x + 14 * t, top)], (150, 184, 176), 2, 110, max(1, int(9 * t)))
    for a, w in ((-700, 60), (-180, 34), (330, 34), (800, 34)):
        put(img, [(1490, 849), (1496, 850), (160, 850 + a + w), (-560, 850 + a * 1.5 + w), (-560, 850 + a * 1.5), (160, 850 + a)], paint)
    put(img, [(1490, 846), (160, 152), (-560, -225)], (170, 200, 192), 4, 120, 9)
    return img


def crack(rng):
    """Crack in pier P2 with a width gauge held against it."""
    img = concrete(rng)
    for y in (430, 1320):
        put(img, [(0, y), (W, y + 14)], (70, 66, 60), 4, 120, 9)
    for _ in range(160):
        put(img, disc(rng.randint(0, W), rng.randint(0, H), rng.randint(3, 10)), (76, 72, 66), 2, 150)
    main = walk(rng, 1180, -20, 6, 40, 52, 34)
    put(img, [(x + 16, y) for x, y in main], (92, 74, 52), 16, 110, 40)
    put(img, main, (34, 30, 28), 2, 240, 11)
    put(img, walk(rng, *main[18], 30, 24, 14, 22), (40, 36, 32), 2, 220, 6)
    put(img, walk(rng, *main[33], -34, 20, 11, 22), (40, 36, 32), 2, 220, 5)
    put(img, box(330, 1096, 1120, 1410), (0, 0, 0), 20, 110)
    put(img, box(310, 1070, 1100, 1390), (238, 236, 226))
    for i in range(12):
        put(img, [(360 + i * 60, 1110), (360 + i * 60, 1240)], (20, 20, 20), 0, 255, 2 + 2 * i)
        label(img, 340 + i * 60, 1258, f"{0.05 + i * 0.05:.2f}", 22)
    label(img, 360, 1310, "CRACK WIDTH mm   LH-014  P2", 40, (150, 20, 20))
    return img


def bearing(rng):
    """Elastomeric bearing B4 with bulging rubber layers."""
    img = gradient((34, 36, 38), (52, 54, 54), (44, 44, 42))
    paint = steel(rng)
    put(img, box(0, 0, W, 520), paint)
    put(img, box(0, 470, W, 590), (40, 56, 60), 3)
    for x in (380, 2080):
        put(img, box(x, 0, x + 60, 480), (48, 66, 72), 3)
    seat = concrete(rng, -8)
    put(img, box(0, 1330, W, H), seat)
    put(img, box(0, 1250, W, 1345), concrete(rng, 24))
    put(img, box(520, 1190, 2040, 1260), (96, 82, 70))
    put(img, box(560, 590, 2000, 680), (116, 104, 92))
    rubber = texture(rng, (22, 22, 24), (40, 40, 42), (66, 66, 66), ((300, 20), (20, 10), (5, 5)))
    for i in range(5):
        y, out = 680 + i * 102, rng.randint(24, 66)
        side = [(1900 + out * math.sin(k * math.pi / 8), y + k * 10) for k in range(9)]
        put(img, [(660 - out * math.sin(k * math.pi / 8), y + 80 - k * 10) for k in range(9)] + side, rubber)
        put(img, [(660, y + 26), (1900, y + 26)], (130, 130, 130), 12, 90, 16)
        put(img, box(650, y + 80, 1910, y + 102), (122, 92, 70))
    put(img, walk(rng, 900, 830, 60, 3, 12, 14), (8, 8, 8), 2, 240, 12)
    put(img, box(0, 560, W, 640), (0, 0, 0), 40, 130)
    put(img, box(0, 1345, W, 1400), (0, 0, 0), 30, 90)
    for x in (610, 1950):
        bolt(img, rng, x, 1180, 44)
        rust(img, rng, x, 1230, 380)
    label(img, 1120, 250, "B4", 200, (222, 214, 120))
    return img


def splice(rng):
    """Bolted splice plate S7, two loose bolts marked yellow."""
    img = steel(rng, 70, 96, 92)
    put(img, box(232, 260, 2370, 1720), (0, 0, 0), 28, 150)
    put(img, box(210, 230, 2340, 1680), steel(rng, 84, 112, 106))
    put(img, [(212, 1678), (212, 232), (2338, 232)], (160, 186, 178), 2, 150, 7)
    put(img, [(1275, 0), (1275, 232)], (20, 24, 24), 2, 230, 12)
    put(img, [(1275, 1690), (1275, H)], (20, 24, 24), 2, 230, 12)
    for row in range(4):
        for col in range(6):
            x, y = 390 + col * 352, 420 + row * 355
            loose = (row, col) in ((1, 4), (2, 4))
            if loose:
                put(img, blob(rng, x, y + 20, 118), (120, 62, 28), 16, 190)
                rust(img, rng, x, y + 70, 230, 40)
            bolt(img, rng, x, y, 66, (142, 104, 78) if loose else (98, 124, 118))
            if loose:
                put(img, disc(x, y, 140), (232, 210, 60), 3, 220, 12)
    label(img, 250, 1560, "S7 N", 90, (226, 222, 200))
    return img


def joint(rng):
    """Finger expansion joint in the carriageway, from above."""
    img = texture(rng, (58, 58, 60), (84, 84, 84), (126, 124, 120), ((400, 400), (40, 40), (7, 7)))
    metal = steel(rng, 128, 130, 128)
    put(img, box(0, 620, W, 1310), metal)
    for i in range(-1, 17):
        x = i * 160 + 20
        put(img, [(x, 830), (x + 26, 830), (x + 74, 1100), (x + 54, 1112), (x + 40, 1112)], (16, 16, 16), 2)
        put(img, [(x + 92, 1112), (x + 118, 1112), (x + 150, 838), (x + 140, 830), (x + 128, 830)], (16, 16, 16), 2)
        bolt(img, rng, x + 60, 700, 24, (110, 112, 110))
        bolt(img, rng, x + 60, 1232, 24, (110, 112, 110))
    for y in (620, 1310):
        put(img, [(0, y), (W, y)], (26, 26, 26), 4, 230, 16)
    for _ in range(150):
        put(img, blob(rng, rng.randint(0, W), rng.gauss(1000, 160), rng.randint(5, 18), .4, 9), (146, 136, 116), 1, 220)
    put(img, box(1960, 0, 2130, 610), (216, 212, 200), 6, 170)
    put(img, box(1960, 1320, 2130, H), (216, 212, 200), 6, 170)
    return img


def waterline(rng):
    """Pier P3 at the water line with algae and tide marks."""
    img = gradient((158, 182, 200), (178, 196, 206), (170, 184, 190))
    put(img, box(560, 0, 2000, 1400), concrete(rng))
    put(img, box(1700, 0, 2010, 1400), (0, 0, 0), 90, 120)
    for y in (300, 720):
        put(img, [(560, y), (2000, y)], (84, 80, 74), 4, 140, 8)
    weed = texture(rng, (30, 44, 24), (62, 80, 40), (104, 112, 62), ((90, 60), (20, 20), (6, 6)))
    edge = [(x, 1010 + rng.randint(-50, 50)) for x in range(558, 2011, 22)]
    put(img, edge + [(2002, 1400), (558, 1400)], weed, 5, 235)
    put(img, edge + [(2002, 880), (558, 880)], (96, 92, 70), 24, 90)
    for i in range(7):  # tide gauge
        put(img, box(760, 560 + i * 120, 830, 620 + i * 120), (236, 232, 220))
        put(img, box(760, 620 + i * 120, 830, 680 + i * 120), (170, 34, 30))
        label(img, 842, 560 + i * 120, f"{3.0 - i * 0.5:.1f}", 52, (236, 232, 220))
    water_from(img, rng, 1330, (30, 52, 54), (62, 90, 90), (134, 156, 152), .35)
    put(img, walk(rng, 540, 1336, 30, 0, 50, 7), (222, 230, 228), 5, 190, 12)
    return img


def spall(rng):
    """Spalled concrete at abutment A1 with exposed bars."""
    img = concrete(rng, 6)
    hole = blob(rng, 1260, 930, 560, .16, 46)
    put(img, [(x + 14, y + 18) for x, y in hole], (236, 232, 220), 4)
    put(img, hole, texture(rng, (70, 58, 46), (114, 100, 84), (164, 150, 130), ((60, 60), (24, 24), (8, 8))))
    put(img, [(x, y - 30) for x, y in hole], (0, 0, 0), 26, 170, 60)
    bar = texture(rng, (70, 34, 18), (124, 66, 34), (176, 104, 60), ((40, 20), (9, 9)))
    for x in (930, 1270, 1600):
        put(img, [(x + 34, 520), (x + 40, 1340)], (10, 6, 4), 16, 190, 70)
        put(img, walk(rng, x, 500, 1, 84, 10, 3), bar, 1, 255, 58)
        for y in range(520, 1330, 34):
            put(img, [(x - 26, y + 8), (x + 26, y - 8)], (52, 26, 14), 2, 170, 8)
        rust(img, rng, x, 1330, 420, 36)
    put(img, walk(rng, 700, 905, 72, 4, 16, 3), bar, 1, 255, 44)
    for side in (-1, 1):
        put(img, walk(rng, 1260 + side * 560, 760, side * 40, -22, 15, 20), (50, 46, 42), 2, 210, 6)
    return img


def scupper(rng):
    """Leaking deck drain above girder G2 with rust and lime streaks."""
    img = concrete(rng, -22)
    put(img, box(0, 0, W, 330), concrete(rng, -50))
    put(img, box(0, 300, W, 380), (0, 0, 0), 30, 150)
    for _ in range(26):
        x = rng.gauss(1280, 250)
        put(img, walk(rng, x, 420, 0, 90, rng.randint(6, 16), 6), (224, 222, 210), 10, 110, rng.randint(10, 44))
    for x in (1120, 1300, 1430):
        rust(img, rng, x, 560, 1100, 90)
    put(img, box(1090, 180, 1520, 700), (0, 0, 0), 40, 140)
    put(img, box(1080, 150, 1480, 690), texture(rng, (60, 44, 34), (96, 74, 58), (132, 116, 100), ((30, 300), (14, 40), (5, 5))))
    put(img, box(1130, 150, 1180, 690), (190, 180, 166), 22, 120)
    put(img, disc(1280, 690, 200, ry=56), (26, 22, 20))
    put(img, box(1040, 250, 1520, 320), steel(rng, 90, 88, 84))
    bolt(img, rng, 1075, 285, 22)
    bolt(img, rng, 1486, 285, 22)
    return img


def logger(rng):
    """Tilt logger T2 clamped to girder G2."""
    img = steel(rng)
    put(img, box(0, 1500, W, 1660), (48, 66, 72), 4)
    put(img, box(0, 1500, W, 1530), (140, 164, 166), 6, 120)
    put(img, box(780, 470, 1860, 1330), (0, 0, 0), 36, 170)
    put(img, box(740, 420, 1820, 1280), texture(rng, (172, 174, 170), (190, 192, 188), (206, 208, 204), ((500, 500), (9, 9))))
    put(img, box(740, 1200, 1820, 1280), (0, 0, 0), 30, 60)
    put(img, box(860, 700, 1700, 1000), (242, 240, 230))
    label(img, 900, 720, "T2  TILT LOGGER", 82)
    label(img, 900, 830, "LH-014 / G2 / EAST", 62)
    label(img, 900, 915, "S/N 0417-22  CAL 2024-03", 50, (90, 20, 20))
    for x, y in ((810, 490), (1750, 490), (810, 1210), (1750, 1210)):
        bolt(img, rng, x, y, 28, (160, 162, 160))
    put(img, disc(1600, 590, 26), (40, 190, 90))
    put(img, disc(1600, 590, 60), (90, 240, 140), 22, 110)
    put(img, [(1280, 1290), (1290, 1420), (1500, 1560), (2000, 1590), (W, 1480)], (22, 22, 24), 1, 255, 38)
    return img


def underside(rng):
    """Girders below the deck, looking towards pier P2."""
    img = gradient((70, 74, 76), (96, 100, 100), (150, 160, 164))
    cx, cy = 1330, 1080
    put(img, [(0, 0), (W, 0), (cx + 210, cy - 80), (cx - 210, cy - 80)], concrete(rng, -66))
    for i, x in enumerate((-700, 150, 900, 1700, 2500, 3300)):
        far = cx - 190 + i * 76
        paint = steel(rng, 60 + 7 * i, 84 + 6 * i, 90 + 5 * i)
        put(img, [(x, -20), (x + 90, 340 if 0 < i < 5 else 900), (far + 6, cy - 46), (far, cy - 80)], paint)
        put(img, [(x + 90, 340 if 0 < i < 5 else 900), (far + 6, cy - 46)], (30, 40, 44), 4, 220, 22)
    for k in (0.25, 0.5, 0.7, 0.83):
        y = cy * k
        put(img, [(-100 + cx * k, y * .62), (W - (W - cx) * k + 100, y * .62)], (44, 56, 60), 2, 235, int(70 * (1 - k)) + 8)
    put(img, box(cx - 330, cy - 70, cx + 330, cy + 12), concrete(rng, -26))
    for x in (cx - 210, cx + 110):
        put(img, box(x, cy, x + 110, 1330), concrete(rng, -34))
    water_from(img, rng, 1310, (32, 50, 54), (70, 94, 98), (140, 160, 162), .35)
    return img
