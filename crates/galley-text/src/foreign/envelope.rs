//! The outermost form of an update, read without the engine: it would reserve memory for as many changes as a
//! few bytes claim.

use super::{MAX_CHANGES, MAX_SPAN, Refusal};

/// Magic, checksum and mode.
const HEADER: usize = 22;
const MAGIC: &[u8] = b"loro";
/// Updates, as the engine's format numbers them.
const UPDATES: &[u8] = &[0, 4];

/// Checks that the bytes are updates whose blocks claim no more than they can hold.
pub(super) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    let (header, mut rest) = bytes.split_at_checked(HEADER).ok_or(Refusal::Unreadable)?;
    if !header.starts_with(MAGIC) || !header.ends_with(UPDATES) {
        return Err(Refusal::Unreadable);
    }
    let (mut n_changes, mut n_operations) = (0_u64, 0_u64);
    while !rest.is_empty() {
        let len = usize::try_from(varint(&mut rest)?).map_err(|_| Refusal::Unreadable)?;
        let (mut block, after) = rest.split_at_checked(len).ok_or(Refusal::Unreadable)?;
        rest = after;
        let [_start, operations, _lamport, _lamports, changes] = five(&mut block)?;
        if changes > u64::try_from(block.len()).unwrap_or(u64::MAX) {
            return Err(Refusal::Unreadable);
        }
        n_changes = n_changes.saturating_add(changes);
        n_operations = n_operations.saturating_add(operations);
    }
    let too_many = n_changes > u64::from(MAX_CHANGES) || n_operations > u64::from(MAX_SPAN.cast_unsigned());
    if too_many { Err(Refusal::TooLarge) } else { Ok(()) }
}

fn five(block: &mut &[u8]) -> Result<[u64; 5], Refusal> {
    let mut numbers = [0; 5];
    for number in &mut numbers {
        *number = varint(block)?;
    }
    Ok(numbers)
}

/// Seven bits a byte, the lowest first.
fn varint(bytes: &mut &[u8]) -> Result<u64, Refusal> {
    let mut value = 0_u64;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(Refusal::Unreadable)?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Refusal::Unreadable)
}
