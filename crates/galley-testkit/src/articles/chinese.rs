//! Chinese articles. The county, its towns, offices and people are invented.

use std::fmt::Write as _;

use super::{Facts, Said, fill};
use crate::random::Random;

/// What stays the same throughout one article.
struct Cast {
    county: &'static str,
    town: &'static str,
    village: &'static str,
    office: &'static str,
    subject: &'static str,
    official: String,
    resident: String,
    reporter: String,
    stringer: String,
}

pub(super) fn write(random: &mut Random, planted: Option<&str>) -> (String, Facts) {
    let topic = random.pick(&TOPICS);
    let cast = Cast {
        county: random.pick(&COUNTIES),
        town: random.pick(&TOWNS),
        village: random.pick(&VILLAGES),
        office: random.pick(topic.offices),
        subject: random.pick(topic.subjects),
        official: person(random),
        resident: person(random),
        reporter: person(random),
        stringer: person(random),
    };
    let has_stringer = random.percent(40);
    let body = body(random, &topic, &cast, has_stringer, planted);
    let headline = one_of(random, topic.headlines, &cast);
    let kicker =
        if random.percent(20) { sentence(random, "{county}{theme}进行时", &cast) } else { String::new() };
    let mut contributors = vec![("记者", cast.reporter.clone())];
    if has_stringer {
        contributors.push(("通讯员", cast.stringer.clone()));
    }
    if random.percent(30) {
        contributors.push(("摄影", person(random)));
    }
    let summary = body.split("\n\n").nth(1).unwrap_or_default().chars().take(80).collect();
    let facts = Facts {
        headline,
        kicker,
        section: random.pick(&["news", "photos", "topics", "life", "notices"]),
        genre: random.pick(&["消息", "通讯", "特写", "图片新闻"]),
        source: format!("{}融媒体中心", cast.county),
        category: if has_stringer { "contributor" } else { random.pick(&["staff", "handout"]) },
        contributors,
        keywords: vec![cast.subject.to_owned(), cast.town.to_owned()],
        summary: if random.percent(50) { summary } else { String::new() },
        language: "zh-Hans",
    };
    (body, facts)
}

fn body(
    random: &mut Random,
    topic: &Topic,
    cast: &Cast,
    has_stringer: bool,
    planted: Option<&str>,
) -> String {
    let wanted = random.between(650, 1_350);
    let mut body = String::with_capacity(wanted * 4);
    let stringer = if has_stringer { format!(" 通讯员 {}", cast.stringer) } else { String::new() };
    let _ = write!(body, "本报讯（记者 {}{stringer}）", cast.reporter);
    body.push_str(&one_of(random, topic.leads, cast));

    let mut said = Said::default();
    let mut in_paragraph = 1;
    let mut n_paragraphs = 1;
    let mut length = body.chars().count();
    let mut planted = planted;
    while length < wanted {
        let ends = in_paragraph >= random.between(2, 4);
        if ends {
            body.push_str("\n\n");
            in_paragraph = 0;
            n_paragraphs += 1;
            if n_paragraphs == 4 && random.percent(35) {
                body.push_str(random.pick(&[
                    "## 从难处做起",
                    "## 账要算得明白",
                    "## 群众说了算",
                    "## 一天一个样",
                ]));
                body.push_str("\n\n");
            }
        }
        let before = body.len();
        if let Some(word) = planted.filter(|_| n_paragraphs == 2) {
            let _ = write!(body, "记者在{word}看到，前来咨询的人排起了队。");
            planted = None;
        } else {
            body.push_str(&fresh(random, topic, cast, &mut said));
        }
        length += body.get(before..).unwrap_or_default().chars().count();
        in_paragraph += 1;
    }
    while n_paragraphs < 4 {
        body.push_str("\n\n");
        body.push_str(&fresh(random, topic, cast, &mut said));
        n_paragraphs += 1;
    }
    if let Some(word) = planted {
        let _ = write!(body, "记者在{word}看到，前来咨询的人排起了队。");
    }
    body.push('\n');
    body
}

/// A sentence of the topic or of any, each once.
fn fresh(random: &mut Random, topic: &Topic, cast: &Cast, said: &mut Said) -> String {
    let n_own = topic.sentences.len();
    let at = said.fresh(random, n_own + SENTENCES.len());
    let template = topic.sentences.get(at).or_else(|| SENTENCES.get(at.saturating_sub(n_own)));
    sentence(random, template.copied().unwrap_or_default(), cast)
}

fn person(random: &mut Random) -> String {
    let second = if random.percent(65) { random.pick(&GIVEN) } else { "" };
    format!("{}{}{second}", random.pick(&SURNAMES), random.pick(&GIVEN))
}

fn one_of(random: &mut Random, templates: &[&str], cast: &Cast) -> String {
    let template = random.pick(templates);
    sentence(random, template, cast)
}

fn sentence(random: &mut Random, template: &str, cast: &Cast) -> String {
    fill(template, |name, into| {
        let known = match name {
            "county" => cast.county,
            "town" => cast.town,
            "village" => cast.village,
            "office" => cast.office,
            "subject" => cast.subject,
            "official" => &cast.official,
            "resident" => &cast.resident,
            "theme" => random.pick(&THEMES),
            "day" => random.pick(&DAYS),
            "time" => random.pick(&TIMES),
            "job" => random.pick(&JOBS),
            "plan" => random.pick(&PLANS),
            "feeling" => random.pick(&FEELINGS),
            _ => "",
        };
        into.push_str(known);
        let _ = match name {
            "few" => write!(into, "{}", random.between(3, 28)),
            "many" => write!(into, "{}", random.between(40, 990)),
            "thousands" => write!(into, "{}", random.between(1_001, 9_899)),
            "percent" => write!(into, "{}.{}%", random.between(2, 97), random.between(1, 9)),
            "money" => write!(into, "{}.{}万元", random.between(12, 980), random.between(1, 9)),
            "month" => write!(into, "{}月", random.between(1, 12)),
            "date" => write!(into, "{}月{}日", random.between(1, 12), random.between(1, 28)),
            _ => Ok(()),
        };
    })
}

#[derive(Clone, Copy)]
struct Topic {
    offices: &'static [&'static str],
    subjects: &'static [&'static str],
    headlines: &'static [&'static str],
    leads: &'static [&'static str],
    sentences: &'static [&'static str],
}

const TOPICS: [Topic; 6] = [
    Topic {
        offices: &["县农业农村局", "县供销合作社", "县农技推广中心"],
        subjects: &["晚稻", "油菜", "柑橘", "茶叶", "生猪", "蔬菜大棚", "小龙虾"],
        headlines: &[
            "{town}{subject}迎来丰收 亩均增收{many}元",
            "{county}{thousands}亩{subject}开镰",
            "{village}的{subject}卖到了省城",
            "一根{subject}藤上的致富账",
            "{town}：{subject}托起村民好日子",
        ],
        leads: &[
            "{day}，走进{town}{village}，连片的{subject}长势喜人，{many}名村民正抢抓晴好天气忙碌。",
            "眼下正是{subject}收获的时节，{county}{town}的田间地头一派繁忙。",
            "{date}，{town}{village}第一批{subject}装车发往省城，共{many}箱。",
        ],
        sentences: &[
            "今年全镇种植{subject}{thousands}亩，比去年多了{many}亩。",
            "“品种换了，管护也跟上了，一亩能多收{few}斤。”{village}党支部书记{official}说。",
            "村里成立了合作社，统一供苗、统一技术、统一销售，{many}户农户加入。",
            "{office}派出{few}名农技员驻点，从育苗到采收全程跟着。",
            "种植户{resident}算了一笔账：去掉肥料和人工，今年能净挣{money}。",
            "为了不让{subject}烂在地里，{town}和{few}家批发市场签了保底收购协议。",
            "烘干机日夜不停，每天能处理{many}吨。",
            "去年一场大雨冲垮了机耕路，今年投入{money}修好了{few}公里。",
            "田里的水肥由手机控制，{resident}点了点屏幕，{many}个喷头同时开了。",
        ],
    },
    Topic {
        offices: &["县交通运输局", "县公路养护中心", "县住建局"],
        subjects: &["环城路", "跨河大桥", "农村公路", "停车场", "人行步道", "公交站台"],
        headlines: &[
            "{town}{subject}{date}通车",
            "{county}新增{subject}{few}处 出行少等{many}分钟",
            "等了{few}年，{village}的{subject}修到了家门口",
            "{subject}改造提前{few}天完工",
        ],
        leads: &[
            "{date}，{town}{subject}正式投入使用，沿线{thousands}名居民出行不再绕路。",
            "记者{day}从{office}获悉，{county}{subject}主体工程已完成{percent}。",
            "{time}，{town}{subject}的围挡拆了，第一批车辆缓缓驶过。",
        ],
        sentences: &[
            "项目总投资{money}，全长{few}公里，设计时速四十公里。",
            "施工方把夜间作业的时间压到二十二点以前，尽量不吵到沿线住户。",
            "“以前送孩子上学要绕{few}里路，现在{many}秒就过桥了。”居民{resident}说。",
            "{office}负责人{official}介绍，路灯、绿化和排水管网将在{month}底前全部完成。",
            "工地上{many}名工人分两班作业，混凝土罐车一辆接着一辆。",
            "为保留路边{few}棵老樟树，设计图改了又改。",
            "新装的{many}盏路灯用的是太阳能，阴雨天也能连续亮{few}晚。",
            "开通首日，公交{few}路临时加开{many}个班次。",
            "记者沿线走访看到，无障碍坡道、盲道和扶手都已装好。",
        ],
    },
    Topic {
        offices: &["县教育局", "县第一中学", "县实验小学"],
        subjects: &["课后服务", "营养午餐", "校园足球", "阅读角", "劳动课", "心理辅导室"],
        headlines: &[
            "{town}中心小学的{subject}有新意",
            "{county}{few}所学校推开{subject}",
            "{subject}走进课堂 {many}名学生受益",
            "放学以后去哪儿？{town}有了新答案",
        ],
        leads: &[
            "{time}，{town}中心小学的操场上还很热闹，{many}名学生留下来参加{subject}。",
            "新学期，{county}在{few}所中小学推开{subject}，覆盖学生{thousands}人。",
            "“老师，我还想再上一节！”{day}，{village}小学的{subject}刚结束，孩子们舍不得走。",
        ],
        sentences: &[
            "学校请来{few}位退休教师和手艺人，开了{few}门课。",
            "家长{resident}在外务工，每周通过视频看孩子上课，“心里踏实多了”。",
            "{office}每学期拿出{money}，专门用于器材和师资。",
            "校长{official}说，课表由学生自己选，一个月可以换一次。",
            "记者翻看报名表，最受欢迎的是木工和乒乓球，报名的有{many}人。",
            "路远的孩子由校车分{few}趟送回，最晚的一趟{time}发车。",
            "食堂的菜单每周公示，肉、蛋、奶的用量精确到克。",
            "期末问卷显示，{percent}的家长表示满意，意见最多的是场地不够。",
        ],
    },
    Topic {
        offices: &["县卫生健康局", "县人民医院", "县疾控中心"],
        subjects: &["家庭医生签约", "流感疫苗接种", "远程会诊", "老年体检", "急救培训"],
        headlines: &[
            "{subject}送到{village} {many}名老人受益",
            "{county}今年完成{subject}{thousands}人次",
            "从县城到山村，{subject}只隔一块屏",
            "{town}卫生院有了自己的{subject}",
        ],
        leads: &[
            "{day}上午，{county}人民医院的医生来到{town}{village}，为{many}位老人做{subject}。",
            "记者从{office}了解到，截至{date}，全县{subject}已完成{thousands}人次。",
            "{time}，{town}卫生院的诊室里，{official}医生正隔着屏幕和省城专家讨论一份片子。",
        ],
        sentences: &[
            "年近八十的{resident}量完血压，医生当场调了药。",
            "{office}把{few}台便携设备配到了乡镇，检查结果当天就能看到。",
            "山里的路不好走，医疗队分成{few}组，挨户上门。",
            "“早发现、早干预，比什么都强。”{official}说。",
            "去年这里转到县外就诊的病人有{many}人，今年降了{percent}。",
            "培训结束后，{many}名村医拿到了急救证书。",
            "药品目录由{many}种增加到{thousands}种，慢性病用药可以一次开{few}天。",
            "冬春之交，医生提醒老人和孩子尽量少去人多又不通风的地方。",
        ],
    },
    Topic {
        offices: &["县文化旅游局", "县图书馆", "县非遗保护中心", "县博物馆"],
        subjects: &["龙舟赛", "皮影戏", "古村落", "夜游灯会", "民歌节", "竹编"],
        headlines: &[
            "{subject}开场 首日迎客{thousands}人",
            "{town}{subject}火了老街",
            "老手艺遇上年轻人：{village}的{subject}有了传人",
            "{county}{subject}{date}开幕",
        ],
        leads: &[
            "{day}晚，{town}老街灯火通明，{subject}吸引了{thousands}名市民和游客。",
            "锣鼓一响，{village}的晒谷场就坐满了人。{date}，一年一度的{subject}开场。",
            "{resident}七岁起就跟着爷爷学{subject}，如今带出了{few}名学生。",
        ],
        sentences: &[
            "活动持续{few}天，沿街{many}家商户延长营业到深夜。",
            "{office}工作人员介绍，今年的票务全部线上预约，分{few}个时段入场。",
            "“小时候看过，没想到还能再看到。”从外地回来的{resident}说。",
            "为了护住老房子，{village}定下规矩：不拆一块砖，不砍一棵树。",
            "传承人{official}把工序拆成{few}步，拍成短视频，点击量过{many}万次。",
            "民宿老板说，{month}的房间已经订出{percent}。",
            "现场设了{few}个志愿服务点，备好热水、轮椅和雨衣。",
            "博物馆新展出的{many}件藏品里，有{few}件是第一次公开。",
            "散场时已近深夜，环卫工人用{few}分钟就把街面清扫干净。",
        ],
    },
    Topic {
        offices: &["县水利局", "县应急管理局", "县气象局", "县生态环境局"],
        subjects: &["防汛演练", "河道清淤", "水库除险加固", "森林防火", "水质监测"],
        headlines: &[
            "{county}开展{subject} {many}人参加",
            "{town}{subject}完成{percent}",
            "{subject}走在雨季前面",
            "守好{few}公里河堤：{town}的{subject}",
        ],
        leads: &[
            "{date}，{county}在{town}开展{subject}，{many}名干部群众参加。",
            "入汛以来，{county}平均降雨{many}毫米。{day}，记者随{office}来到{town}，看{subject}进展。",
            "{time}，{town}{village}的巡查员{resident}打着手电，沿河堤走了第{few}趟。",
        ],
        sentences: &[
            "{office}在{few}个险工险段备足了沙袋、编织布和救生衣。",
            "巡堤按{few}人一组，每两小时一次，结果报到镇里的值班室。",
            "水位站的数据每{few}分钟更新一次，超过警戒线就自动喊话。",
            "“宁可多跑几趟，不能漏掉一处。”{official}说。",
            "今年以来清出淤泥{thousands}立方米，河面宽了{few}米。",
            "低洼处的{many}户住户提前转移到学校，被褥和热饭都有人送。",
            "监测显示，{town}断面水质连续{few}个月保持二类。",
            "演练设了{few}个科目，从接报到集结用了{many}秒。",
            "无人机升空后，{few}分钟就找到了一处冒烟点。",
        ],
    },
];

/// Sentences that fit any of them.
const SENTENCES: [&str; 50] = [
    "记者在现场看到，{job}正忙着核对清单。",
    "{official}告诉记者，下一步还要{plan}。",
    "“{feeling}。”{resident}笑着说。",
    "据统计，今年前三个季度，相关投入达{money}，同比增长{percent}。",
    "{town}把这件事列进了今年的十件民生实事。",
    "截至目前，已有{many}人次参与，收到意见建议{few}条。",
    "{day}，{office}召开现场会，{few}个乡镇的负责人到会。",
    "在{village}，这样的变化不止一处。",
    "对群众反映的{few}个问题，{office}逐条答复，限期办结。",
    "{job}{resident}每天{time}就到岗，一忙就是大半天。",
    "账目每季度公开一次，贴在村口的公示栏里。",
    "从最初的没人看好，到现在家家支持，{town}用了{few}年。",
    "有人担心坚持不下来，{official}的回答是：先干起来再说。",
    "按照计划，{month}底前还将新增{few}处，惠及{thousands}人。",
    "{county}有关负责人表示，将{plan}。",
    "说起当初，{resident}连连摇头：“那时候哪敢想。”",
    "在外务工的年轻人也回来了{many}个。",
    "记者粗略数了数，不到一小时，就有{many}人走进大门。",
    "由于场地有限，每天只能接待{many}人，需要提前{few}天预约。",
    "为了赶进度，大家把午休都省了，饭菜送到了工地上。",
    "{office}提醒，办理时带好身份证件，不收取任何费用。",
    "天还没亮，{village}的灯已经亮了一片。",
    "“一件事一件事地办，办一件成一件。”{town}镇长{official}说。",
    "和去年同期相比，人数多了{many}人，投诉少了{percent}。",
    "{resident}家离这里只有{few}分钟路程，几乎天天来。",
    "资金从哪里来？县里拿一点，镇里筹一点，群众自愿出一点，共{money}。",
    "中午时分，食堂飘出饭香，{few}元钱能吃上两荤一素。",
    "这样的做法，已经在{few}个村推开。",
    "几场雨过后，路边的桂花开了，香了一条街。",
    "专家组实地看了{few}个点，提出{few}条改进意见。",
    "热线电话开通以来，平均每天接到{many}个来电，当天办结率{percent}。",
    "{job}说，最难的是头{few}天，过了那道坎就顺了。",
    "采访快结束时，又有{few}位村民赶来打听消息。",
    "夜里十一点多，值班室的电话又响了起来。",
    "{day}，记者跟着{job}走了一圈，从{village}的东头到西头，正好{few}分钟，一路上不断有人上前打招呼。",
    "为了摸清底数，{town}组织{few}个小组，用{few}天时间把全镇{thousands}户走了一遍，一户一张表。",
    "最让{official}头疼的是人手，全镇真正懂技术的只有{few}个，忙起来连轴转，谁也不敢请假。",
    "也有不同的声音：有人嫌慢，有人嫌花钱多，还有人说不如把钱直接分到户，会开了{few}次才定下来。",
    "{office}的一份报告写道，问题看上去在末端，根子却在前端，光靠补是补不完的。",
    "年轻人更愿意在手机上办，老人则习惯到窗口来，于是两套办法都留着，谁方便用谁。",
    "记者问{resident}最满意的是什么，他想了想，说是有人听、有人管、有回音。",
    "{county}已连续{few}年把它写进政府工作报告，每年年底由群众打分，分数低于{few}分的要说明原因。",
    "从{town}到县城，过去要转{few}趟车，如今一条路直通，来回省下的时间够干半天农活。",
    "负责登记的{job}说，来的人里有{percent}是头一次来，剩下的多半是熟面孔。",
    "在公示栏前，{resident}戴上老花镜，把每一行数字从头到尾看了两遍，才满意地点点头。",
    "有了第一次的教训，这一回{town}提前{few}天贴出通知，又让广播一早一晚各播一遍。",
    "{official}坦言，眼下的办法还不完善，比如{few}个偏远的村民小组仍然没有覆盖到。",
    "邻近的{few}个县也派人来看过，带走的是一摞图纸和满满几页笔记。",
    "这笔钱怎么花，{village}开了{few}次会，最后一致同意先修水渠，再装路灯。",
    "离开{village}时天色已晚，远处的山影和近处的灯火连成了一片。",
];

const COUNTIES: [&str; 6] = ["云溪县", "青河县", "临湖县", "南塘县", "松岭县", "平江口县"];
const TOWNS: [&str; 12] = [
    "石桥镇",
    "柳林镇",
    "白沙镇",
    "双溪镇",
    "龙塘镇",
    "花园镇",
    "新河镇",
    "马鞍镇",
    "高坪乡",
    "竹山乡",
    "大湾镇",
    "东岸街道",
];
const VILLAGES: [&str; 14] = [
    "枫树村",
    "上湾村",
    "桃园村",
    "老屋村",
    "向阳村",
    "梅家村",
    "沙洲村",
    "长冲村",
    "黄泥村",
    "水口村",
    "古井村",
    "三门村",
    "红星村",
    "樟树村",
];
const SURNAMES: [&str; 24] = [
    "林", "周", "何", "陈", "李", "王", "张", "刘", "杨", "黄", "赵", "吴", "徐", "孙", "马", "胡", "郭",
    "罗", "欧阳", "梁", "宋", "邓", "曹", "谢",
];
const GIVEN: [&str; 28] = [
    "一", "舟", "敏", "禾", "建", "国", "秀", "英", "志", "强", "桂", "芳", "海", "燕", "文", "军", "晓",
    "明", "玉", "兰", "春", "生", "小", "红", "卫", "平", "思", "远",
];
const THEMES: [&str; 6] =
    ["乡村振兴", "民生实事", "城市更新", "文明创建", "秋冬农田水利建设", "营商环境提升"];
const DAYS: [&str; 7] = ["昨日", "近日", "日前", "本周三", "周末", "立冬这天", "今天"];
const TIMES: [&str; 6] = ["清晨六点", "上午九时", "中午十二点", "下午三点半", "傍晚时分", "晚上八点"];
const JOBS: [&str; 8] =
    ["工作人员", "网格员", "志愿者", "村干部", "驻村干部", "护林员", "快递员", "值班人员"];
const PLANS: [&str; 8] = [
    "把经验推广到其余乡镇",
    "再引进两条生产线",
    "完善后续的管护办法",
    "请第三方做一次评估",
    "把服务时间延长到晚上",
    "让更多的人在家门口就业",
    "把数据公开给群众查询",
    "听取老人和孩子的意见",
];
const FEELINGS: [&str; 8] = [
    "做梦都没想到能这么快",
    "方便多了，也放心多了",
    "日子越过越有奔头",
    "有难处就说，说了就有人管",
    "只要肯干，就不愁没出路",
    "头一回觉得离县城这么近",
    "这个钱花得值",
    "看着孩子们高兴，我也高兴",
];
