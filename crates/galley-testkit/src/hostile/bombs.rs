//! Constructions that make careless parsers slow or deep, in any size.

/// A text that grows with its size, on which the work must grow no faster.
#[derive(Clone, Copy)]
pub struct Bomb {
    /// Says what is repeated or nested.
    pub name: &'static str,
    make: fn(usize) -> String,
}

impl Bomb {
    /// The bomb with so many repetitions; about proportional in length.
    pub fn of(&self, size: usize) -> String {
        (self.make)(size)
    }
}

impl std::fmt::Debug for Bomb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const fn bomb(name: &'static str, make: fn(usize) -> String) -> Bomb {
    Bomb { name, make }
}

/// All of them.
pub const BOMBS: [Bomb; 40] = [
    bomb("nested quotes", |n| format!("{} x", ">".repeat(n))),
    bomb("nested quotes with spaces", |n| format!("{}x", "> ".repeat(n))),
    bomb("nested lists on one line", |n| format!("{}x", "- ".repeat(n))),
    bomb("nested numbered lists", |n| format!("{}x", "1. ".repeat(n))),
    bomb("lists nested by indent", |n| {
        // The indent is bounded, so that the length stays proportional.
        (0..n).map(|depth| format!("{}- x\n", "  ".repeat(depth % 60))).collect()
    }),
    bomb("quotes and lists by turns", |n| format!("{}x", "> - ".repeat(n))),
    bomb("lazy lines after nested quotes", |n| format!("{}x\n{}", ">".repeat(n), "y\n".repeat(n))),
    bomb("open brackets", |n| "[".repeat(n)),
    bomb("open brackets of images", |n| "![".repeat(n)),
    bomb("closing brackets", |n| "]".repeat(n)),
    bomb("brackets that nest", |n| format!("{}x{}", "[".repeat(n), "]".repeat(n))),
    bomb("links that never close", |n| "[a](".repeat(n)),
    bomb("links with angles that never close", |n| "[a](<b".repeat(n)),
    bomb("images inside images", |n| format!("{}x{}", "![".repeat(n), "](https://a.example)".repeat(n))),
    bomb("links inside links", |n| format!("{}x{}", "[".repeat(n), "](https://a.example)".repeat(n))),
    bomb("references that nest", |n| format!("{}x{}", "[".repeat(n), "][r]".repeat(n))),
    bomb("references to one long definition", |n| {
        format!("[r]: https://a.example/{}\n\n{}", "x".repeat(n.min(200)), "[r] ".repeat(n))
    }),
    bomb("definitions with the same name", |n| "[r]: https://a.example\n".repeat(n)),
    bomb("definitions that are none", |n| "[r\n".repeat(n)),
    bomb("open emphasis", |n| "*a ".repeat(n)),
    bomb("open strong emphasis", |n| "**a ".repeat(n)),
    bomb("closing emphasis", |n| "a** ".repeat(n)),
    bomb("stars and underscores by turns", |n| "*a_ ".repeat(n)),
    bomb("runs of stars of three lengths", |n| "a***b**c*".repeat(n)),
    bomb("nested emphasis", |n| format!("{}x{}", "*_".repeat(n), "_*".repeat(n))),
    bomb("one run of stars", |n| format!("a{}b", "*".repeat(n))),
    bomb("Chinese emphasis that is open", |n| "**“甲".repeat(n)),
    bomb("Chinese emphasis that closes", |n| "**“甲”**的".repeat(n)),
    bomb("tildes", |n| "~~a~".repeat(n)),
    bomb("runs of backticks of growing length", |n| {
        // Lengths 1 to 40 in turn: the work of a scanner that tries all lengths grows, the text does not.
        (0..n).map(|at| format!("{}a", "`".repeat(at % 40 + 1))).collect()
    }),
    bomb("comments that never close", |n| "<!--".repeat(n)),
    bomb("declarations and instructions that never close", |n| "<?a <!A <![CDATA[".repeat(n)),
    bomb("tags that never close", |n| "<a b=\"".repeat(n)),
    bomb("entities", |n| "&amp;&#x20;&copy".repeat(n)),
    bomb("backslashes", |n| "\\".repeat(n)),
    bomb("table with a wide head and many short rows", |n| {
        let width = n.min(60);
        format!("{}\n{}\n{}", "|a".repeat(width), "|-".repeat(width), "|b\n".repeat(n))
    }),
    bomb("heads that almost are a table", |n| "|a|b|\n".repeat(n)),
    bomb("footnotes that point at each other", |n| {
        (0..n)
            .map(|at| format!("[^{at}]: [^{}]\n\n", (at + 1) % n.max(1)))
            .chain(["[^0]".to_owned()])
            .collect()
    }),
    bomb("one footnote used again and again", |n| format!("{}\n\n[^a]: x", "[^a]".repeat(n))),
    bomb("empty lines and spaces", |n| " \t\n".repeat(n)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_twice_the_size_is_about_twice_as_long() {
        for bomb in BOMBS {
            let (small, large) = (bomb.of(1_000).len(), bomb.of(2_000).len());
            assert!(small >= 500, "{bomb:?}: {small}");
            assert!((small * 3 / 2..=small * 5 / 2).contains(&large), "{bomb:?}: {small} {large}");
        }
    }
}
