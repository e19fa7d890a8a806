//! The metadata of a camera and a picture desk, written byte by byte.

use super::{ALT, CAPTION, COPYRIGHT, CREDIT, PHOTOGRAPHER};

/// Puts Exif, XMP, IPTC, a colour profile, vendors' segments and a comment behind the start of a JPEG, and a
/// film behind its end, as some phones do.
pub(super) fn into_jpeg(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let (start, rest) = jpeg.split_at(2);
    let exif = [b"Exif\0\0".as_slice(), &exif(orientation)].concat();
    let xmp = [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), xmp().as_bytes()].concat();
    let profile = [b"ICC_PROFILE\0\x01\x01".as_slice(), &colour_profile()].concat();
    [
        start,
        &segment(0xe1, &exif),
        &segment(0xe1, &xmp),
        &segment(0xe2, &profile),
        &segment(0xe2, b"MPF\0 second picture SECRET"),
        &segment(0xe4, b"vendor SECRET"),
        &segment(0xed, &iptc()),
        &segment(0xfe, b"comment SECRET <script>alert(1)</script>"),
        rest,
        b"\0\0\0\x18ftypmp42 moving SECRET",
    ]
    .concat()
}

/// Puts Exif, XMP and text chunks behind the head of a PNG.
pub(super) fn into_png(png: &[u8], orientation: u8) -> Vec<u8> {
    // Signature, and a head of 13 bytes with its length, name and checksum.
    let (head, rest) = png.split_at(8 + 25);
    let xmp = [b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), xmp().as_bytes()].concat();
    [
        head,
        &chunk(b"eXIf", &exif(orientation)),
        &chunk(b"iTXt", &xmp),
        &chunk(b"tEXt", b"Comment\0SECRET"),
        &chunk(b"tIME", &[7, 234, 11, 23, 9, 0, 0]),
        rest,
    ]
    .concat()
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).unwrap_or(u16::MAX);
    [&[0xff, marker], length.to_be_bytes().as_slice(), data].concat()
}

pub(super) fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let checked = [name.as_slice(), data].concat();
    [length.to_be_bytes().as_slice(), &checked, &checksum(&checked).to_be_bytes()].concat()
}

/// CRC-32 as PNG uses it.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    })
}

/// One entry of a directory: tag, type, count, value.
struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    value: Vec<u8>,
}

const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const UNDEFINED: u16 = 7;

fn entry(tag: u16, kind: u16, value: &[u8]) -> Entry {
    let size = match kind {
        SHORT => 2,
        LONG => 4,
        RATIONAL => 8,
        _ => 1,
    };
    Entry { tag, kind, count: u32::try_from(value.len() / size).unwrap_or_default(), value: value.to_vec() }
}

fn words(tag: u16, text: &str) -> Entry {
    entry(tag, ASCII, &[text.as_bytes(), b"\0"].concat())
}

fn number(tag: u16, number: u32) -> Entry {
    entry(tag, LONG, &number.to_le_bytes())
}

/// A TIFF block in little-endian order: the picture, the camera, the place, and a hidden thumbnail.
pub(super) fn exif(orientation: u8) -> Vec<u8> {
    let place = directory_of_place();
    let camera = [
        words(0x9003, "2026:11:23 09:00:00"),
        entry(0x927c, UNDEFINED, b"maker's note SECRET"),
        words(0xa430, "owner SECRET"),
        words(0xa431, "serial SECRET 4471"),
        words(0xa435, "lens SECRET 88"),
    ];
    let thumbnail = b"\xff\xd8\xff\xfe\0\x12thumbnail SECRET\xff\xd9";
    let main = |camera_at, place_at| {
        [
            words(0x010e, CAPTION),
            words(0x010f, "Camera works"),
            words(0x0110, "Model 5"),
            entry(0x0112, SHORT, &u16::from(orientation).to_le_bytes()),
            words(0x013b, PHOTOGRAPHER),
            words(0x8298, COPYRIGHT),
            number(0x8769, camera_at),
            number(0x8825, place_at),
        ]
    };
    const MAIN_AT: u32 = 8;
    let camera_at = MAIN_AT + length_of(&main(0, 0));
    let place_at = camera_at + length_of(&camera);
    let second_at = place_at + length_of(&place);
    let second = |thumbnail_at| {
        let length = u32::try_from(thumbnail.len()).unwrap_or_default();
        [number(0x0201, thumbnail_at), number(0x0202, length)]
    };
    let thumbnail_at = second_at + length_of(&second(0));
    [
        b"II*\0".as_slice(),
        &MAIN_AT.to_le_bytes(),
        &directory(&main(camera_at, place_at), MAIN_AT, second_at),
        &directory(&camera, camera_at, 0),
        &directory(&place, place_at, 0),
        &directory(&second(thumbnail_at), second_at, 0),
        thumbnail,
    ]
    .concat()
}

fn directory_of_place() -> [Entry; 5] {
    let angle = |degrees: u32, tens_of_millionths: u32| {
        let parts = [degrees, 1, tens_of_millionths, 10_000_000, 0, 1];
        parts.iter().flat_map(|part| part.to_le_bytes()).collect::<Vec<u8>>()
    };
    [
        words(1, "N"),
        entry(2, RATIONAL, &angle(31, 314_159_265)),
        words(3, "E"),
        entry(4, RATIONAL, &angle(121, 271_828_182)),
        words(0x1d, "2026:11:23"),
    ]
}

fn length_of(entries: &[Entry]) -> u32 {
    let outside: usize = entries.iter().map(|entry| entry.value.len()).filter(|length| *length > 4).sum();
    u32::try_from(2 + entries.len() * 12 + 4 + outside).unwrap_or_default()
}

/// A directory that stands at this offset; what does not fit an entry follows it.
fn directory(entries: &[Entry], at: u32, next: u32) -> Vec<u8> {
    let count = u16::try_from(entries.len()).unwrap_or_default();
    let mut bytes = count.to_le_bytes().to_vec();
    let mut outside: Vec<u8> = Vec::new();
    let after = at + length_of(entries) - length_of_outside(entries);
    for entry in entries {
        bytes.extend(entry.tag.to_le_bytes());
        bytes.extend(entry.kind.to_le_bytes());
        bytes.extend(entry.count.to_le_bytes());
        if entry.value.len() > 4 {
            bytes.extend((after + u32::try_from(outside.len()).unwrap_or_default()).to_le_bytes());
            outside.extend(&entry.value);
        } else {
            bytes.extend(entry.value.iter().copied().chain([0; 4]).take(4));
        }
    }
    bytes.extend(next.to_le_bytes());
    bytes.extend(outside);
    bytes
}

fn length_of_outside(entries: &[Entry]) -> u32 {
    let outside: usize = entries.iter().map(|entry| entry.value.len()).filter(|length| *length > 4).sum();
    u32::try_from(outside).unwrap_or_default()
}

/// IPTC records in a Photoshop block: text in UTF-8, caption, by-line, credit, copyright, instructions.
fn iptc() -> Vec<u8> {
    let record = |group: u8, kind: u8, text: &[u8]| {
        let length = u16::try_from(text.len()).unwrap_or_default();
        [&[0x1c, group, kind], length.to_be_bytes().as_slice(), text].concat()
    };
    let records = [
        record(1, 90, b"\x1b%G"),
        record(2, 120, CAPTION.as_bytes()),
        record(2, 80, PHOTOGRAPHER.as_bytes()),
        record(2, 110, CREDIT.as_bytes()),
        record(2, 116, COPYRIGHT.as_bytes()),
        record(2, 40, "instructions SECRET".as_bytes()),
    ]
    .concat();
    let length = u32::try_from(records.len()).unwrap_or_default();
    let padding: &[u8] = if records.len() % 2 == 1 { &[0] } else { &[] };
    [b"Photoshop 3.0\x008BIM\x04\x04\0\0".as_slice(), &length.to_be_bytes(), &records, padding].concat()
}

fn xmp() -> String {
    let alternative = |name: &str, text: &str| {
        format!("<{name}><rdf:Alt><rdf:li xml:lang=\"x-default\">{text}</rdf:li></rdf:Alt></{name}>")
    };
    [
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>",
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">",
        "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"",
        " xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\" xmlns:exif=\"http://ns.adobe.com/exif/1.0/\"",
        " xmlns:aux=\"http://ns.adobe.com/exif/1.0/aux/\" xmlns:core=\"http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/\"",
        &format!(" photoshop:Credit=\"{CREDIT}\" photoshop:Instructions=\"instructions SECRET\""),
        " exif:GPSLatitude=\"31,14.159N\" exif:GPSLongitude=\"121,27.182E\" aux:SerialNumber=\"SECRET 4471\">",
        &alternative("dc:description", CAPTION),
        &alternative("dc:rights", COPYRIGHT),
        &alternative("core:AltTextAccessibility", ALT),
        &format!("<dc:creator><rdf:Seq><rdf:li>{PHOTOGRAPHER}</rdf:li></rdf:Seq></dc:creator>"),
        "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>",
    ]
    .concat()
}

/// A head of a profile and no more: enough to be recognised, kept or dropped.
fn colour_profile() -> Vec<u8> {
    let mut profile = vec![0; 132];
    for (at, bytes) in
        [(0, 132_u32.to_be_bytes()), (12, *b"mntr"), (16, *b"RGB "), (20, *b"XYZ "), (36, *b"acsp")]
    {
        profile.splice(at..at + 4, bytes);
    }
    profile
}
