#!/usr/bin/env python3
"""Generate samples/: a small, invented harbour-bridge inspection case.

Needs Python 3.11+ and Pillow (`pip install pillow`; the committed files were made with 13.0).
The photos are drawn by sample_scenes.py next to this file.

    python3 scripts/make-samples.py [OUTPUT_FOLDER]     (default: samples/ beside scripts/)

Existing sample files are overwritten, other files are left alone. Everything comes from a fixed seed, so two runs on
one machine give identical bytes; another Pillow or zlib build may encode the JPEG and ZIP
streams differently, which is why the generated files are committed. Modification times are
set too, but version control does not keep them.

All places, people and findings are made up: the position lies in open water and the mail
addresses use a reserved domain. samples/ has no README because it would become part of the
captured evidence. What the case is meant to exercise:

  DCIM/       twelve photos with EXIF date, UTC offset, GPS and camera; two cameras
  notes/      English, German, Russian and Japanese UTF-8; one UTF-16LE file with BOM; one
              Windows-1252 file; names with spaces, umlauts, other scripts and an emoji
  sensors/    a CSV of readings, ten-minute steps over one day
  mail/       one .eml with a PDF and an image attached
  reports/    a two-page PDF, a DOCX, an XLSX, and a byte-identical copy of IMG_0003.JPG
"""
import email.message
import email.policy
import hashlib
import io
import math
import os
import random
import sys
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import Image

sys.dont_write_bytecode = True
import sample_scenes as scenes  # noqa: E402

SEED = 20240917
DAY = datetime(2024, 9, 17, tzinfo=timezone(timedelta(hours=2)))
LAT, LON = 54.521040, 10.348120
CAMERAS = {"cam": ("Nordlicht", "NL-20 Tough"), "phone": ("Kestrel", "K7 Pro")}
# (path, camera, minutes after midnight, scene)
PHOTOS = [(f"DCIM/100FIELD/IMG_{i:04}.JPG", "cam", minute, scene) for i, (minute, scene) in enumerate((
    (512, scenes.overview), (521, scenes.walkway), (547, scenes.crack), (566, scenes.bearing),
    (588, scenes.splice), (603, scenes.joint), (641, scenes.waterline), (667, scenes.spall),
    (684, scenes.scupper), (702, scenes.logger)), 1)]
PHOTOS += [("DCIM/Phone Nordseite/PXL 2024-09-17 underside.jpg", "phone", 721, scenes.underside),
           ("DCIM/Phone Nordseite/PXL 2024-09-17 Dämmerung.jpg", "phone", 1186,
            lambda rng: scenes.overview(rng, dusk=True))]

# (path, encoding, hours after midnight, text); the text keeps its line ends as written here
NOTES = [
    ("notes/site notes.txt", "utf-8", 13.2, """\
Lindhafen harbour bridge, structure LH-014
Principal inspection, Tuesday 17 September 2024
Inspector: Hanne Brodersen. Assistant: Tom Wieland.
Weather: dry, light wind from the west, 14 °C at 08:30.

08:32  Overview from the east quay (IMG_0001).
08:41  Footway north side: railing firm, paint loss at posts 14 to 17 (IMG_0002).
09:07  Pier P2, east face: vertical crack, 1.42 m long, 0.40 mm at the widest point.
       It was 0.30 mm in 2021. Gauge card in the photo (IMG_0003).
09:26  Bearing B4: rubber layers bulge on both sides, tear in the second layer (IMG_0004).
09:48  Splice S7 north: two of 24 bolts turn by hand. Marked yellow (IMG_0005).
10:03  Expansion joint: grit in the fingers, no damage (IMG_0006).
10:41  Pier P3 at low water: growth up to 1.1 m on the gauge, concrete sound (IMG_0007).
11:07  Abutment A1: spall 0.9 x 0.8 m, four bars exposed (IMG_0008).
11:24  Deck drain above girder G2 leaks onto the web (IMG_0009).
11:42  Logger T2 running, green light (IMG_0010).

To do: retighten S7 this week, ask the maker about B4, seal P2 before the frost.
"""),
    ("notes/Prüfnotizen Lager B4.txt", "utf-8", 13.5, """\
Prüfnotizen Lager B4 – Hafenbrücke Lindhafen (LH-014)

Datum: 17.09.2024, 09:26 Uhr. Prüferin: Hanne Brodersen

• Elastomerlager, fünf Schichten, Baujahr 1998
• Wölbung seitlich bis 9 mm, zulässig wären 6 mm
• Riss in der zweiten Gummischicht, Länge etwa 180 mm
• Ankerschrauben außen angerostet, Mörtelfuge geschlossen

Maßnahme: Hersteller fragen, ob das Lager bis zum Frühjahr überwacht bleiben darf.
Größere Fahrzeuge über 30 t vorläufig nur mit Schrittgeschwindigkeit.
"""),
    ("notes/Заметки водолаза.txt", "utf-8", 15.1, """\
Заметки водолаза. Мост LH-014, опора P3
17 сентября 2024 г., погружение 14:05–14:38. Водолаз: Олег Савченко

Видимость около 1,5 м, температура воды 15 °C.
Обрастание до отметки 1,1 м: водоросли и мидии, слой до 4 см.
Бетон под водой без трещин. Размыва у фундамента нет.
Одна старая швартовная скоба оторвана, лежит на дне с восточной стороны.
Снимков под водой не делал: камера запотела.
"""),
    ("notes/支承メモ 点検.txt", "utf-8", 16.4, """\
リンドハーフェン港湾橋（LH-014）支承 B4 点検メモ
日時：2024年9月17日 16時20分（電話会議）
記録：佐藤 美咲（支承メーカー）

・写真 IMG_0004 を確認。ゴム層のはらみ出しは最大 9 mm。
・第2層の亀裂は約 180 mm。表面だけか内部までかは写真では判断できない。
・三か月ごとの計測を条件に、来春まで供用可能と考える。
・交換用支承の製作期間は約 14 週間。
"""),
    ("notes/🌉 bridge opening times.txt", "utf-8", 7.5, """\
Bridge opening times, 17 September 2024 (from the bridge keeper)
06:10  open 11 min   fishing boat
12:30  open  9 min   two sailing yachts
18:00  open 14 min   tug "Möwe" with pontoon

No work on the deck joint ten minutes before each opening ⚠
"""),
    ("notes/Übergabe alter Rechner (UTF-16).txt", "utf-16-le", 17.0, """\
\ufeffÜbergabe aus dem alten Bauwerksbuch LH-014\r
Prüfung 2021: Riss Pfeiler P2 Ostseite 0,30 mm, Länge 1,15 m\r
Prüfung 2018: kein Riss an P2 vermerkt\r
Lager B1 bis B6: zuletzt 2018 vermessen, Wölbung B4 damals 4 mm\r
"""),
    ("notes/Messprotokoll 2018 (alt).txt", "cp1252", 17.1, """\
Messprotokoll LH-014, Prüfung 2018\r
Geländerhöhe Südseite: 1,12 m – in Ordnung\r
Fugenöffnung bei 19 °C: 38 mm\r
Kosten Ausbesserung „Entwässerung“: 4.300 €\r
Geprüft: J. Krüger, Straßenbauamt\r
"""),
]

# (number, element, finding, photo, size, priority 1 to 3)
FINDINGS = [
    (1, "Pier P2, east face", "Vertical crack, length 1.42 m", "IMG_0003.JPG", "0.40 mm", 2),
    (2, "Bearing B4", "Rubber bulging, tear in layer 2", "IMG_0004.JPG", "9 mm", 1),
    (3, "Splice S7 north", "Two of 24 bolts loose", "IMG_0005.JPG", "2 bolts", 1),
    (4, "Abutment A1", "Spalling, four bars exposed", "IMG_0008.JPG", "0.9 x 0.8 m", 2),
    (5, "Deck drain at G2", "Leak onto girder web, rust and lime", "IMG_0009.JPG", "1 drain", 3),
]
ATTACHED_NOTE = [("h", "Bearing B4: data sheet extract"), ("p", "Elastomeric bearing, type LB-400, built 1998."),
                 ("p", "Five rubber layers of 16 mm, steel plates of 4 mm."),
                 ("p", "Permitted side bulge: 6 mm. Measured on 17 September 2024: 9 mm."),
                 ("p", "Lead time for a replacement: about 14 weeks.")]


def dms(value):
    """Degrees as the EXIF triple of degrees, minutes and seconds."""
    minutes = abs(value) * 60
    return int(minutes // 60), int(minutes % 60), round(minutes * 60 % 60, 2)


def exif_for(camera, when, lat, lon, size):
    """EXIF block: camera, local date with UTC offset, exposure, and GPS in UTC."""
    exif = Image.Exif()
    stamp, offset, utc = when.strftime("%Y:%m:%d %H:%M:%S"), "+02:00", when.astimezone(timezone.utc)
    exif[0x010F], exif[0x0110] = CAMERAS[camera]
    exif[0x0112], exif[0x0132] = 1, stamp
    exif.get_ifd(0x8769).update({
        0x829A: 1 / 250, 0x829D: 2.8, 0x8827: 200, 0x9003: stamp, 0x9004: stamp, 0x9010: offset,
        0x9011: offset, 0x9012: offset, 0xA002: size[0], 0xA003: size[1]})
    exif.get_ifd(0x8825).update({
        0: b"\2\3\0\0", 1: "N", 2: dms(lat), 3: "E", 4: dms(lon), 5: b"\0", 6: 4.5,
        7: (utc.hour, utc.minute, utc.second), 18: "WGS-84", 29: utc.strftime("%Y:%m:%d")})
    return exif


def make_photo(number, camera, minute, scene):
    """Draw one photo; returns its bytes and its capture time."""
    rng = random.Random(SEED + number)
    when = DAY + timedelta(minutes=minute, seconds=rng.randrange(60))
    img = scenes.grain(scene(rng).resize((1280, 960), Image.LANCZOS), rng, 7)
    lat, lon = LAT + rng.uniform(-6e-4, 6e-4), LON + rng.uniform(-12e-4, 12e-4)
    return scenes.encode_jpeg(img, rng.randrange(85_000, 140_000), exif=exif_for(camera, when, lat, lon, img.size)), when


def make_csv():
    """Readings of one day: air temperature, tide, crack gauge, tilt, bearing."""
    rng, rows = random.Random(SEED), ["time,air_temp_C,water_level_m,crack_P2_mm,tilt_T2_mrad,bearing_B4_mm"]
    for step in range(145):
        hour = step / 6
        warm = 12.5 + 4.2 * math.sin((hour - 9) * math.tau / 24) + rng.gauss(0, .12)
        tide = 0.9 + 0.75 * math.cos((hour - 4.4) * math.tau / 12.42) + rng.gauss(0, .015)
        values = (f"{warm:.1f}", f"{tide:.2f}", f"{0.43 - 0.0025 * warm + rng.gauss(0, .002):.3f}",
                  f"{0.12 + 0.02 * tide + rng.gauss(0, .004):.3f}", f"{8.7 + 0.02 * warm + rng.gauss(0, .02):.2f}")
        rows.append(",".join(((DAY + timedelta(hours=hour)).isoformat(), *values)))
    return ("\n".join(rows) + "\n").encode()


def make_pdf(title, pages):
    """Minimal PDF: each page is a list of (kind, text), kind "h" for heading or "p" for text."""
    def text(value):
        """Literal PDF string in WinAnsi, octal where not plain."""
        return "(%s)" % "".join(chr(b) if 32 <= b < 127 and b not in b"()\\" else f"\\{b:03o}" for b in value.encode("cp1252"))

    kids = " ".join(f"{6 + 2 * i} 0 R" for i in range(len(pages)))
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
               font % "Helvetica", font % "Helvetica-Bold",
               f"<< /Title {text(title)} /Author (Hanne Brodersen) /CreationDate (D:20240918091500+02'00') >>"]
    for number, lines in enumerate(pages, 1):
        y, ops = 780, ["0.6 w 60 60 m 535 60 l S", f"BT /F1 9 Tf 60 46 Td {text(f'LH-014, page {number} of {len(pages)}')} Tj ET"]
        for kind, line in lines:
            y -= 30 if kind == "h" else 17
            ops.append(f"BT /{'F2 15' if kind == 'h' else 'F1 11'} Tf 60 {y} Td {text(line)} Tj ET")
        stream = "\n".join(ops)
        objects += [f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects) + 2} 0 R "
                    "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>",
                    f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream"]
    out, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    xref = "".join(f"{o:010} 00000 n \n" for o in offsets)
    return out + (f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{xref}trailer\n<< /Size {len(objects) + 1} "
                  f"/Root 1 0 R /Info 5 0 R >>\nstartxref\n{len(out)}\n%%EOF\n").encode("ascii")


def report_pages():
    """Text of the two-page German report."""
    first = [("h", "Bericht zur Brückenprüfung LH-014"), ("p", "Hafenbrücke Lindhafen, Hauptprüfung am 17. September 2024"),
             ("p", "Prüferin: Hanne Brodersen, Ingenieurbüro Brodersen & Wieland"), ("h", "1. Bauwerk"),
             ("p", "Stabbogenbrücke, Baujahr 1974, Stützweite 86 m, zwei Pfeiler (P2, P3) im Hafenbecken."),
             ("p", "Lager B1 bis B6 wurden 1998 erneuert."), ("h", "2. Ergebnis"),
             ("p", "Die Brücke ist standsicher. Zwei Mängel (B4, S7) sind vordringlich zu beheben."),
             ("p", "Zustandsnote: 2,7 (Vorprüfung 2021: 2,3)"), ("h", "3. Findings in brief")]
    first += [("p", f"{n}. {element}: {what} ({size}), {photo}") for n, element, what, photo, size, _ in FINDINGS]
    return [first, [
        ("h", "4. Maßnahmen"), ("p", "S7: lose Schrauben bis 20.09.2024 ersetzen und mit Drehmoment prüfen."),
        ("p", "B4: vierteljährlich vermessen, Ersatzlager bestellen (14 Wochen Lieferzeit)."),
        ("p", "P2: Riss vor dem Frost verpressen, Rissmonitor belassen."),
        ("p", "A1: Bewehrung entrosten und Fehlstelle reprofilieren; geschätzte Kosten 6.800 €."),
        ("p", "G2: Ablauf abdichten, Steg reinigen und neu beschichten."), ("h", "5. Unterlagen"),
        ("p", "Fotos IMG_0001 bis IMG_0010, Messdaten vom 17.09.2024, Notizen der Beteiligten."),
        ("p", "Lindhafen, den 18. September 2024"), ("p", "gez. Hanne Brodersen")]]


def ooxml(main, main_type, parts):
    """Office package: a main part, further (path, content type, relation, XML) parts, fixed dates."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    schema, vendor = "http://schemas.openxmlformats.org", "application/vnd.openxmlformats-"
    folder, name = main[0].split("/")

    def rels(items):
        """Relationship part for (target, type) pairs."""
        body = "".join(f'<Relationship Id="rId{i}" Type="{schema}/{kind}" Target="{target}"/>'
                       for i, (target, kind) in enumerate(items, 1))
        return f'<Relationships xmlns="{schema}/package/2006/relationships">{body}</Relationships>'

    core = (f'<cp:coreProperties xmlns:cp="{schema}/package/2006/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>LH-014 inspection</dc:title>'
            '<dc:creator>Hanne Brodersen</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">'
            "2024-09-18T07:05:00Z</dcterms:created></cp:coreProperties>")
    types = [(main[0], main_type)] + [(f"{folder}/{path}", kind) for path, kind, _, _ in parts]
    overrides = "".join(f'<Override PartName="/{path}" ContentType="{vendor}officedocument.{kind}+xml"/>' for path, kind in types)
    content = (f'<Types xmlns="{schema}/package/2006/content-types"><Default Extension="rels" ContentType="{vendor}'
               'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
               f'{overrides}<Override PartName="/docProps/core.xml" ContentType="{vendor}package.core-properties+xml"/></Types>')
    files = [("[Content_Types].xml", content),
             ("_rels/.rels", rels([(main[0], "officeDocument/2006/relationships/officeDocument"),
                                   ("docProps/core.xml", "package/2006/relationships/metadata/core-properties")])),
             main, (f"{folder}/_rels/{name}.rels", rels([(p, f"officeDocument/2006/relationships/{r}") for p, _, r, _ in parts])),
             *((f"{folder}/{path}", xml) for path, _, _, xml in parts), ("docProps/core.xml", core)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for path, xml in files:
            info = zipfile.ZipInfo(path, (2024, 9, 18, 9, 5, 0))
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            pack.writestr(info, head + xml)
    return out.getvalue()


def make_docx():
    """One-page English summary with a heading and a table of findings."""
    def para(text, style=""):
        """A paragraph, with a style name if given."""
        style = style and f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        return f'<w:p>{style}<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'

    rows = [("No.", "Element", "Finding", "Size")] + [(str(n), e, f, s) for n, e, f, _, s, _ in FINDINGS]
    widths = (700, 2600, 4000, 1700)
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    cells = "".join("<w:tr>" + "".join(f'<w:tc><w:tcPr><w:tcW w:w="{w}" w:type="dxa"/></w:tcPr>{para(c)}</w:tc>'
                                       for c, w in zip(row, widths)) + "</w:tr>" for row in rows)
    lines = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
                    for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = (para("Inspection summary LH-014", "Heading1")
            + para("Lindhafen harbour bridge, principal inspection of 17 September 2024. Prepared by Hanne Brodersen.")
            + para("The bridge is safe for traffic. Bearing B4 and splice S7 need work first; lorries above 30 t pass at walking pace until then.")
            + f'<w:tbl><w:tblPr><w:tblW w:w="9000" w:type="dxa"/><w:tblBorders>{lines}</w:tblBorders></w:tblPr>'
              f'<w:tblGrid>{grid}</w:tblGrid>{cells}</w:tbl>'
            + para("Next visit: December 2024 (bearing measurement)."))
    document = (f'<w:document {ns}><w:body>{body}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1417" w:right="1417" '
                'w:bottom="1134" w:left="1417" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr></w:body></w:document>')
    styles = (f'<w:styles {ns}><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
              '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>'
              '<w:pPr><w:spacing w:after="240"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="34"/></w:rPr></w:style></w:styles>')
    return ooxml(("word/document.xml", document), "wordprocessingml.document.main",
                 [("styles.xml", "wordprocessingml.styles", "styles", styles)])


def make_xlsx():
    """Defect list with shared strings and a bold header row."""
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rows, strings, xml = [("No.", "Element", "Finding", "Photo", "Size", "Priority"), *FINDINGS], [], ""
    for r, row in enumerate(rows, 1):
        xml += f'<row r="{r}">'
        for column, value in zip("ABCDEF", row):
            style = ' s="1"' if r == 1 else ""
            if isinstance(value, str):
                strings += [] if value in strings else [value]
                xml += f'<c r="{column}{r}"{style} t="s"><v>{strings.index(value)}</v></c>'
            else:
                xml += f'<c r="{column}{r}"{style}><v>{value}</v></c>'
        xml += "</row>"
    widths = "".join(f'<col min="{i}" max="{i}" width="{w}" customWidth="1"/>' for i, w in enumerate((6, 22, 36, 16, 14, 10), 1))
    workbook = (f'<workbook {ns} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
                '<sheets><sheet name="Mängel LH-014" sheetId="1" r:id="rId1"/></sheets></workbook>')
    shared = "".join(f"<si><t>{escape(s)}</t></si>" for s in strings)
    styles = (f'<styleSheet {ns}><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/>'
              '</font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>'
              '<fill><patternFill patternType="gray125"/></fill></fills>'
              '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
              '<cellXfs count="2"><xf xfId="0"/><xf fontId="1" xfId="0" applyFont="1"/></cellXfs><cellStyles count="1">'
              '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>')
    return ooxml(("xl/workbook.xml", workbook), "spreadsheetml.sheet.main", [
        ("worksheets/sheet1.xml", "spreadsheetml.worksheet", "worksheet",
         f"<worksheet {ns}><cols>{widths}</cols><sheetData>{xml}</sheetData></worksheet>"),
        ("styles.xml", "spreadsheetml.styles", "styles", styles),
        ("sharedStrings.xml", "spreadsheetml.sharedStrings", "sharedStrings",
         f'<sst {ns} count="{sum(isinstance(v, str) for row in rows for v in row)}" uniqueCount="{len(strings)}">{shared}</sst>')])


def make_mail(bearing_photo):
    """Mail about bearing B4 with the data sheet and a marked-up, cropped photo."""
    crop = Image.open(io.BytesIO(bearing_photo)).crop((240, 240, 1060, 720)).resize((640, 375), Image.LANCZOS)
    scenes.put(crop, scenes.disc(298, 137, 172, ry=46) * 2, (220, 30, 30), width=5)
    mail = email.message.EmailMessage(email.policy.SMTP)
    mail["From"] = "Hanne Brodersen <brodersen@brueckenbuero.example>"
    mail["To"] = "佐藤 美咲 <sato@bearings.example>"
    mail["Cc"] = "Tom Wieland <wieland@brueckenbuero.example>"
    mail["Subject"] = "LH-014: bearing B4, Rückfrage zur Wölbung"
    mail["Date"] = DAY + timedelta(hours=14, minutes=52, seconds=9)
    mail["Message-ID"] = "<20240917145209.lh014.b4@brueckenbuero.example>"
    mail.set_content("""\
Dear Ms Sato,

please find attached a marked detail of bearing B4 and our extract of the data sheet.
The rubber bulges by 9 mm on both sides; the sheet permits 6 mm. The tear in the second
layer is about 180 mm long. May the bearing stay in use until spring if we measure it
every three months?

I am free for a call today at 16:20 (UTC+2).

Mit freundlichen Grüßen
Hanne Brodersen
Ingenieurbüro Brodersen & Wieland, Lindhafen
""", cte="quoted-printable")
    mail.add_attachment(make_pdf("Bearing B4", [ATTACHED_NOTE]), "application", "pdf", filename="B4 Datenblatt Auszug.pdf")
    mail.add_attachment(scenes.encode_jpeg(crop, 50_000), "image", "jpeg", filename="B4 Wölbung markiert.jpg")
    mail.set_boundary("=_lh014_20240917_145209")
    return mail.as_bytes()


def build():
    """All sample files as path -> (bytes, modification time)."""
    files = {path: make_photo(i, *rest) for i, (path, *rest) in enumerate(PHOTOS, 1)}
    crack, when = files["DCIM/100FIELD/IMG_0003.JPG"]
    files["reports/Abb. 3 – Riss Pfeiler P2.jpg"] = crack, when + timedelta(days=1)
    for path, encoding, hour, text in NOTES:
        files[path] = text.encode(encoding), DAY + timedelta(hours=hour)
    files["sensors/readings LH-014 2024-09-17.csv"] = make_csv(), DAY + timedelta(days=1, minutes=5)
    files["mail/LH-014 bearing B4 Rückfrage.eml"] = (
        make_mail(files["DCIM/100FIELD/IMG_0004.JPG"][0]), DAY + timedelta(hours=14, minutes=53))
    written = DAY + timedelta(days=1, hours=9, minutes=15)
    files["reports/Bericht Brückenprüfung LH-014.pdf"] = make_pdf("Bericht zur Brückenprüfung LH-014", report_pages()), written
    files["reports/Inspection summary.docx"] = make_docx(), written
    files["reports/Defect list.xlsx"] = make_xlsx(), written
    return files


def main():
    """Write the case and print each file with size and SHA-256."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "samples"
    files = build()
    for name, (data, when) in sorted(files.items()):
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (when.timestamp(),) * 2)
        print(f"{len(data):8}  {hashlib.sha256(data).hexdigest()[:16]}  {name}")
    print(f"{sum(len(data) for data, _ in files.values()):8}  total, {len(files)} files")


if __name__ == "__main__":
    main()
