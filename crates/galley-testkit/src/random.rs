//! Numbers that look random and follow from a seed, the same on every machine and in every later version, so
//! that a failing seed can be kept as a test.

use uuid::Uuid;

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The sequence of one thing of many: neighbouring numbers give unrelated sequences.
    pub fn of(seed: u64, number: u64) -> Self {
        let mut mixed = Self(seed ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93));
        Self(mixed.next() ^ number)
    }

    /// The sequence of one place of many, which several numbers name in their order.
    pub fn at(seed: u64, place: impl IntoIterator<Item = u64>) -> Self {
        place.into_iter().fold(Self::new(seed), |within, number| Self::of(within.0, number))
    }

    /// The next 64 bits.
    #[expect(clippy::should_implement_trait, reason = "the sequence has no end and is no iterator")]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// From 0 to below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let scaled = (u128::from(self.next()) * end as u128) >> 64;
        usize::try_from(scaled).unwrap_or_default()
    }

    /// From `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True this often in a hundred.
    pub fn percent(&mut self, often: usize) -> bool {
        self.below(100) < often
    }

    /// One of a list.
    ///
    /// # Panics
    /// When the list is empty.
    #[expect(clippy::indexing_slicing, reason = "`below` stays below the length of a list that is not empty")]
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// A UUIDv7 of this instant, in milliseconds since the epoch.
    pub fn uuid_at(&mut self, at_ms: i64) -> Uuid {
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        let bytes: [u8; 16] = bits.to_be_bytes();
        let mut random = [0; 10];
        random.iter_mut().zip(bytes).for_each(|(byte, drawn)| *byte = drawn);
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(at_ms).unwrap_or_default(), &random)
            .into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_for_ever() {
        let mut random = Random::new(7);
        let drawn: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(drawn, [7191089600892374487, 309689372594955804, 16616101746815609346]);
        let id = Random::new(7).uuid_at(1_795_500_000_000);
        assert_eq!((id.get_version_num(), id), (7, Random::new(7).uuid_at(1_795_500_000_000)));
    }

    #[test]
    fn numbers_stay_within_their_bounds_and_reach_them() {
        let mut random = Random::new(1);
        let drawn: Vec<usize> = (0..1_000).map(|_| random.between(3, 6)).collect();
        assert!((3..=6).all(|n| drawn.contains(&n)) && drawn.iter().all(|n| (3..=6).contains(n)));
        assert_eq!(random.below(0), 0);
        assert_ne!(Random::of(1, 1).next(), Random::of(1, 2).next());
    }

    #[test]
    fn each_place_has_numbers_of_its_own() {
        let first = |place: &[u64]| Random::at(1, place.iter().copied()).next();
        let places: [&[u64]; 7] = [&[], &[0], &[1], &[0, 1], &[1, 0], &[1, 1], &[1, 0, 0]];
        let drawn: std::collections::BTreeSet<u64> = places.iter().map(|place| first(place)).collect();
        assert_eq!(drawn.len(), places.len());
        assert_eq!(first(&[1, 0]), Random::of(Random::of(1, 1).0, 0).next());
    }
}
