//! A static QR code of an address as inline SVG: how a page goes from a computer to a phone.

use std::fmt::Write as _;

use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};

/// Width of the quiet zone, modules.
const QUIET: i32 = 4;

/// The code of an address, or none when it is too long for one. One path, one horizontal stroke per row and run.
pub(crate) fn svg(address: &str) -> Option<String> {
    let segments = QrSegment::make_segments(address);
    let (smallest, largest) = (Version::new(1), Version::new(15));
    // Any mask can be read. Trying all eight for the prettiest takes longer than the rest of the page.
    let mask = Some(Mask::new(0));
    let code =
        QrCode::encode_segments_advanced(&segments, QrCodeEcc::Medium, smallest, largest, mask, true).ok()?;
    let size = code.size();
    let mut path = String::with_capacity(4096);
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let start = x;
            while x < size && code.get_module(x, y) {
                x += 1;
            }
            if x > start {
                let (at, width) = (start + QUIET, x - start);
                let _ = write!(path, "M{at} {}h{width}v1h-{width}z", y + QUIET);
            }
            x += 1;
        }
    }
    let side = size + 2 * QUIET;
    Some(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" width=\"{side}\" height=\"{side}\" aria-hidden=\"true\" \
         shape-rendering=\"crispEdges\"><path class=\"qr-paper\" d=\"M0 0h{side}v{side}H0z\"/>\
         <path class=\"qr-ink\" d=\"{path}\"/></svg>"
    ))
}
