//! The packet of creator, credit and copyright, carried over from a photo into its renditions.
//!
//! Taken only when it is, letter by letter, one that the library wrote when it took the photo in: nothing else that
//! a file may hold can then be in it. Not here: reading what others wrote (`galley-store`, at the import).

use memchr::memmem;

const START: &str = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
    <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
    <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
    xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\">";
const END: &str = "</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>";

/// What stands around each text, in the order in which they stand.
const PROPERTIES: [(&str, &str); 3] = [
    ("<dc:creator><rdf:Seq><rdf:li>", "</rdf:li></rdf:Seq></dc:creator>"),
    ("<dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">", "</rdf:li></rdf:Alt></dc:rights>"),
    ("<photoshop:Credit>", "</photoshop:Credit>"),
];

/// More than any names need, and less than a segment of a JPEG holds.
const LONGEST: usize = 16 << 10;

/// The packet inside a file's bytes; none for every other one.
pub(super) fn find(bytes: &[u8]) -> Option<&[u8]> {
    let start = memmem::find(bytes, START.as_bytes())?;
    let rest = bytes.get(start..bytes.len().min(start + LONGEST))?;
    let end = memmem::find(rest, END.as_bytes())? + END.len();
    let packet = rest.get(..end)?;
    let mut text = std::str::from_utf8(packet).ok()?.strip_prefix(START)?.strip_suffix(END)?;
    for (before, after) in PROPERTIES {
        let Some(inside) = text.strip_prefix(before) else { continue };
        let (value, rest) = inside.split_once(after)?;
        // Escaped text holds no element.
        if value.contains('<') {
            return None;
        }
        text = rest;
    }
    text.is_empty().then_some(packet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_librarys_own_packet_is_carried_over() {
        let creator = "<dc:creator><rdf:Seq><rdf:li>林一舟 &amp; 周</rdf:li></rdf:Seq></dc:creator>";
        let credit = "<photoshop:Credit>县融媒体中心</photoshop:Credit>";
        let is_taken = |inside: &str| {
            let packet = format!("{START}{inside}{END}");
            let file = format!("…{packet}…");
            let found = find(file.as_bytes());
            assert!(found.is_none_or(|found| found == packet.as_bytes()));
            found.is_some()
        };
        assert!(is_taken(creator));
        assert!(is_taken(&format!("{creator}{credit}")));
        assert!(!is_taken(&format!("{credit}{creator}")), "another order is another hand");
        assert!(!is_taken(&format!("{creator}<exif:GPSLatitude>31,14N</exif:GPSLatitude>")));
        assert!(!is_taken("<photoshop:Credit><exif:Serial>1</exif:Serial></photoshop:Credit>"));
        assert!(!is_taken(&format!("<photoshop:Credit>{}</photoshop:Credit>", "长".repeat(LONGEST))));
        assert_eq!(find(START.as_bytes()), None);
        assert_eq!(find(b""), None);
    }
}
