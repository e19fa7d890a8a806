//! Updates that were damaged on purpose, their checksums mended so that the engine looks at them. The seed is
//! fixed; `GALLEY_FUZZ` sets how many, and more than the usual ones may take all memory, as the engine does.

use galley_text::foreign::{Foreign, Held};
use galley_text::{Document, Splice};

use super::foreign::{all_of, copy, take, wrote};

struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(below.max(1)).unwrap()).unwrap()
    }
}

/// xxHash32 with the engine's seed, over everything behind the checksum.
fn mend(bytes: &mut [u8]) {
    let Some((head, body)) = bytes.split_at_mut_checked(20) else { return };
    let sum = xxh32(body, u32::from_le_bytes(*b"LORO"));
    head[16..20].copy_from_slice(&sum.to_le_bytes());
}

fn xxh32(bytes: &[u8], seed: u32) -> u32 {
    const P: [u32; 5] = [0x9E37_79B1, 0x85EB_CA77, 0xC2B2_AE3D, 0x27D4_EB2F, 0x1656_67B1];
    let word = |at: &[u8]| u32::from_le_bytes(at.try_into().unwrap());
    let round =
        |acc: u32, lane: u32| acc.wrapping_add(lane.wrapping_mul(P[1])).rotate_left(13).wrapping_mul(P[0]);
    let mut stripes = bytes.chunks_exact(16);
    let mut hash = if bytes.len() >= 16 {
        let mut acc = [
            seed.wrapping_add(P[0]).wrapping_add(P[1]),
            seed.wrapping_add(P[1]),
            seed,
            seed.wrapping_sub(P[0]),
        ];
        for stripe in stripes.by_ref() {
            for (lane, acc) in stripe.chunks_exact(4).zip(&mut acc) {
                *acc = round(*acc, word(lane));
            }
        }
        let [a, b, c, d] = acc;
        let all = a.rotate_left(1).wrapping_add(b.rotate_left(7));
        all.wrapping_add(c.rotate_left(12)).wrapping_add(d.rotate_left(18))
    } else {
        seed.wrapping_add(P[4])
    };
    hash = hash.wrapping_add(u32::try_from(bytes.len()).unwrap());
    let mut words = stripes.remainder().chunks_exact(4);
    for lane in words.by_ref() {
        hash = hash.wrapping_add(word(lane).wrapping_mul(P[2])).rotate_left(17).wrapping_mul(P[3]);
    }
    for byte in words.remainder() {
        hash = hash.wrapping_add(u32::from(*byte).wrapping_mul(P[4])).rotate_left(11).wrapping_mul(P[0]);
    }
    hash = (hash ^ (hash >> 15)).wrapping_mul(P[1]);
    hash = (hash ^ (hash >> 13)).wrapping_mul(P[2]);
    hash ^ (hash >> 16)
}

fn damaged(random: &mut Random, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.next(3) {
        let at = random.next(bytes.len());
        match random.next(6) {
            0 => bytes[at] ^= 1 << random.next(8),
            1 => bytes[at] = u8::try_from(random.next(256)).unwrap(),
            2 => bytes.truncate(at.max(23)),
            3 => bytes.insert(at, u8::try_from(random.next(256)).unwrap()),
            4 => drop(bytes.remove(at)),
            _ => {
                let from = random.next(bytes.len());
                let len = random.next(8).min(bytes.len() - from.max(at));
                bytes.copy_within(from..from + len, at);
            }
        }
        if bytes.len() < 24 {
            break;
        }
    }
    mend(&mut bytes);
    bytes
}

/// The article everyone starts from, and honest updates of it.
fn articles() -> Vec<(Held, u64, i32, Vec<u8>)> {
    let mut held = Held::open(None, &[]).unwrap();
    take(&mut held, &wrote(1, "汛期通报：𠮷桥下积水约三十厘米，十余名群众被困。\n消防员到场救出。\n"))
        .unwrap();
    let mut updates = Vec::new();
    for n in 0..6_u64 {
        let mut writer = copy(&held, 100 + n);
        for step in 0..(1 + n * 3) {
            let len = writer.len_utf16().unwrap();
            let at = usize::try_from(step).unwrap() % 5;
            writer.edit(&[Splice::new(at, at, format!("第{step}稿"))]).unwrap();
            writer.edit(&[Splice::new(len, len, "完。")]).unwrap();
        }
        writer.set_meta(&[(format!("keyword/{n}"), "防汛".to_owned())].into()).unwrap();
        let (end, bytes) = all_of(&writer);
        let again = Held::open(held.snapshot().unwrap().as_deref(), &[]).unwrap();
        updates.push((again, writer.peer(), end, bytes));
    }
    updates
}

#[test]
fn damaged_updates_damage_nothing() {
    std::panic::set_hook(Box::new(|_| {}));
    let n: usize = std::env::var("GALLEY_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000);
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let honest = articles();
    for (_, _, _, bytes) in &honest {
        let mut mended = bytes.clone();
        mend(&mut mended);
        assert_eq!(mended, *bytes, "the checksum is the engine's");
    }
    let (mut taken_in, mut refused) = (0, 0);
    for _ in 0..n {
        let (held, peer, end, bytes) = &honest[random.next(honest.len())];
        let mut held_now = Held::open(held.snapshot().unwrap().as_deref(), &[]).unwrap();
        let bad = damaged(&mut random, bytes);
        let found = held_now.take(&Foreign { peer: *peer, start: 0, end: *end, bytes: &bad });
        match found {
            Ok(taken) => {
                taken_in += 1;
                let mut clean = Document::load(held.snapshot().unwrap().as_deref(), &[], 7_777).unwrap();
                clean.import(&[taken.bytes]).unwrap();
                assert_eq!(clean.body().unwrap(), taken.body);
                assert_eq!(clean.meta().unwrap(), taken.meta);
            }
            Err(_) => {
                refused += 1;
                assert_eq!(
                    held_now.snapshot().unwrap(),
                    held.snapshot().unwrap(),
                    "a refusal changes nothing"
                );
            }
        }
        let after = Document::load(held_now.snapshot().unwrap().as_deref(), &[], 8_888).unwrap();
        after.snapshot().unwrap();
    }
    for (mut held, peer, end, bytes) in honest {
        assert!(
            held.take(&Foreign { peer, start: 0, end, bytes: &bytes }).is_ok(),
            "the honest ones are taken"
        );
    }
    assert_eq!(taken_in + refused, n);
    assert!(taken_in > 0 && refused > n / 2, "{taken_in} taken, {refused} refused: the damage is real");
}
