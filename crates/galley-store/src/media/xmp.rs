//! XMP: the four texts read out of a packet, and a fresh packet of three.

use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::{NsReader, XmlVersion};

use super::caption::Facts;

const DC: &str = "http://purl.org/dc/elements/1.1/";
const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// No caption needs a longer packet.
const LONGEST: usize = 1 << 20;

/// Creator, credit and copyright; none when there is nothing to say. The same facts give the same bytes.
pub(super) fn packet(facts: &Facts) -> Option<Vec<u8>> {
    let filled = |text: &str, before: &str, after: &str| {
        if text.is_empty() { String::new() } else { format!("{before}{}{after}", escape(text)) }
    };
    let properties = [
        filled(&facts.creator, "<dc:creator><rdf:Seq><rdf:li>", "</rdf:li></rdf:Seq></dc:creator>"),
        filled(
            &facts.copyright,
            "<dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">",
            "</rdf:li></rdf:Alt></dc:rights>",
        ),
        filled(&facts.credit, "<photoshop:Credit>", "</photoshop:Credit>"),
    ]
    .concat();
    let packet = format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"{RDF}\">\
         <rdf:Description rdf:about=\"\" xmlns:dc=\"{DC}\" xmlns:photoshop=\"{PHOTOSHOP}\">{properties}\
         </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>"
    );
    (!properties.is_empty()).then(|| packet.into_bytes())
}

/// What a packet says; as far as it can be read when it is broken.
pub(super) fn read(packet: &[u8]) -> Facts {
    let mut facts = Facts::default();
    let Ok(text) = std::str::from_utf8(packet) else { return facts };
    if text.len() > LONGEST {
        return facts;
    }
    let mut reader = NsReader::from_str(text.trim_matches(|c: char| c == '\0' || c == '\u{feff}'));
    // The property we are inside of, and the text of its current item.
    let mut property: Option<Property> = None;
    let mut item = String::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(element) | Event::Empty(element) if is_description(&reader, &element) => {
                attributes(&reader, &element, &mut facts);
            }
            Event::Start(element) => {
                property =
                    property.or_else(|| property_of(reader.resolver().resolve_element(element.name())));
                item.clear();
            }
            Event::Text(text) => item.push_str(&text.xml10_content()),
            Event::CData(text) => item.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => item.extend(character(&reference)),
            Event::End(element) => {
                if let Some(inside) = property {
                    inside.take(&mut facts, &std::mem::take(&mut item));
                    let ended = property_of(reader.resolver().resolve_element(element.name()));
                    property = property.filter(|inside| Some(*inside) != ended);
                }
            }
            _ => {}
        }
    }
    facts
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Property {
    Caption,
    Creator,
    Credit,
    Copyright,
}

impl Property {
    /// The first language of a caption, all creators.
    fn take(self, facts: &mut Facts, item: &str) {
        let item = item.trim();
        let slot = match self {
            Self::Caption => &mut facts.caption,
            Self::Creator => &mut facts.creator,
            Self::Credit => &mut facts.credit,
            Self::Copyright => &mut facts.copyright,
        };
        if slot.is_empty() {
            *slot = item.to_owned();
        } else if self == Self::Creator && !item.is_empty() {
            *slot = format!("{slot}、{item}");
        }
    }
}

fn property_of<N: AsRef<str>>((namespace, name): (ResolveResult<'_>, N)) -> Option<Property> {
    let ResolveResult::Bound(Namespace(namespace)) = namespace else { return None };
    match (namespace, name.as_ref()) {
        (DC, "description") => Some(Property::Caption),
        (DC, "creator") => Some(Property::Creator),
        (DC, "rights") => Some(Property::Copyright),
        (PHOTOSHOP, "Credit") => Some(Property::Credit),
        _ => None,
    }
}

fn is_description(reader: &NsReader<&[u8]>, element: &BytesStart<'_>) -> bool {
    let (namespace, name) = reader.resolver().resolve_element(element.name());
    namespace == ResolveResult::Bound(Namespace(RDF)) && name.as_ref() == "Description"
}

/// Simple properties may stand as attributes.
fn attributes(reader: &NsReader<&[u8]>, element: &BytesStart<'_>, facts: &mut Facts) {
    for attribute in element.attributes().flatten() {
        if let Some(property) = property_of(reader.resolver().resolve_attribute(attribute.key))
            && let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0)
        {
            property.take(facts, &value);
        }
    }
}

/// The character of a reference; entities of a document type are none.
fn character(reference: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Some(character),
        _ => match reference.xml10_content().as_ref() {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, packet, read};

    #[test]
    fn a_packet_reads_back_as_it_was_written() {
        let facts = Facts {
            caption: String::new(),
            creator: "王芳 & <李>".to_owned(),
            credit: "本报\"图片\"".to_owned(),
            copyright: "© 2026".to_owned(),
        };
        assert_eq!(read(&packet(&facts).unwrap()), facts);
        assert_eq!(packet(&Facts { caption: "只有说明".to_owned(), ..Facts::default() }), None);
    }

    #[test]
    fn other_writers_are_read_too() {
        let typed = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
          <r:Description xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Credit="新华&#x793e;">
            <d:creator xmlns:d="http://purl.org/dc/elements/1.1/"><r:Seq><r:li>甲</r:li><r:li>乙</r:li></r:Seq></d:creator>
            <d:description xmlns:d="http://purl.org/dc/elements/1.1/"><r:Alt>
              <r:li xml:lang="x-default">江水&lt;回落&gt;</r:li><r:li xml:lang="en">Falls</r:li></r:Alt></d:description>
          </r:Description></r:RDF></x:xmpmeta>"#;
        let facts = Facts {
            caption: "江水<回落>".to_owned(),
            creator: "甲、乙".to_owned(),
            credit: "新华社".to_owned(),
            copyright: String::new(),
        };
        assert_eq!(read(typed.as_bytes()), facts);
        (0..typed.len()).for_each(|end| drop(read(&typed.as_bytes()[..end])));
    }
}
