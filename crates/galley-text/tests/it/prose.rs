//! Texts of any length that read like copy, the same for the same seed.

/// A small generator of numbers (splitmix64): the same seed gives the same test on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    pub(crate) fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// What an invented article is about: two subjects share the small words of the language and little else.
#[derive(Clone, Copy)]
pub(crate) enum Subject {
    Flood,
    Concert,
}

const FLOOD: [&[&str]; 3] = [
    &[
        "市水务局",
        "防汛指挥部",
        "沿江三个街道",
        "值班人员",
        "下游村民",
        "抢险队",
        "水文站",
        "𠮷田泵站",
        "工程师老周",
    ],
    &["发布", "转移", "排查", "加固", "巡视", "关闭", "监测到", "协调", "调运", "清点", "抬升"],
    &[
        "堤防险工段",
        "低洼地带的住户",
        "三十厘米的水位",
        "二级响应",
        "备用抽水机组",
        "冲锋舟",
        "危旧房屋",
        "上游来水",
        "1,200 袋沙土",
        "涵洞",
    ],
];
const CONCERT: [&[&str]; 3] = [
    &[
        "青年交响乐团",
        "指挥林秋",
        "首席小提琴手",
        "歌剧院",
        "合唱队员",
        "作曲家",
        "听众",
        "钢琴家",
        "Sofia Marin",
    ],
    &["排练", "演奏", "改编", "录制", "返场加演", "首演", "题献", "点评", "录音", "谢幕"],
    &[
        "第四乐章",
        "马勒的第二交响曲",
        "两首民谣",
        "即兴华彩段",
        "double bass 独奏",
        "新排的清唱剧",
        "乐谱手稿",
        "巡演曲目",
        "最后一个和弦",
    ],
];
const LINKS: &[&str] =
    &["在昨天上午", "随后", "已经", "并且", "对记者说，", "据了解，", "按照计划", "同时", "正在"];
const ENDS: &[&str] = &["。", "。", "，", "，", "；", "。\n\n"];

/// A text of at least `n_scalars` characters.
pub(crate) fn article(subject: Subject, seed: u64, n_scalars: usize) -> String {
    let [who, does, what] = match subject {
        Subject::Flood => FLOOD,
        Subject::Concert => CONCERT,
    };
    let mut dice = Dice::new(seed);
    let mut text = String::new();
    let mut n = 0;
    while n < n_scalars {
        let mut add = |part: &str| {
            text.push_str(part);
            n += part.chars().count();
        };
        if dice.below(2) == 0 {
            add(dice.pick(LINKS));
        }
        add(dice.pick(who));
        if dice.below(3) == 0 {
            add(dice.pick(LINKS));
        }
        add(dice.pick(does));
        add(dice.pick(what));
        if dice.below(4) == 0 {
            add("的");
            add(dice.pick(what));
        }
        add(dice.pick(ENDS));
    }
    text
}

/// Han characters drawn evenly: nothing like a text.
pub(crate) fn noise(seed: u64, n_scalars: usize) -> String {
    let mut dice = Dice::new(seed);
    (0..n_scalars).map(|_| char::from_u32(0x4E00 + dice.below(0x5000) as u32).unwrap()).collect()
}

/// The text with every `nth` clause rewritten.
pub(crate) fn revised(text: &str, seed: u64, nth: usize) -> String {
    let mut dice = Dice::new(seed);
    let mut out = String::new();
    for (index, clause) in text.split_inclusive(['，', '。', '；']).enumerate() {
        match (index % nth == nth - 1).then(|| dice.below(3)) {
            None => out.push_str(clause),
            Some(0) => {}
            Some(1) => {
                out.push_str(clause);
                out.push_str("这一情况已经核实，");
            }
            Some(_) => {
                let keep = clause.chars().count() / 2;
                out.extend(clause.chars().take(keep));
                out.push_str("，其余尚待确认。");
            }
        }
    }
    out
}
