/**
 * @file Words that dress a sentence to be translated, in English, German and Chinese. They have one translation each
 * and never bear on the ambiguity, so the ceiling of a text is that of its ambiguous word alone.
 */
import type { Generator } from '../../../random';
import { definite, type Gender } from './german';

export interface Entry {
  english: string;
  german: string;
  chinese: string;
  /** Further German forms: of a person the accusative, of a medium the dative. */
  accusative?: string;
  dative?: string;
}

function entries(text: string): readonly Entry[] {
  return text
    .trim()
    .split(/\s*;\s*/)
    .map((line) => {
      const [english, german, chinese] = line.split('|') as [string, string, string];
      return { english, german, chinese };
    });
}

/** Entries whose German is `gender noun`: articles are put before them. */
function nouns(text: string): readonly Entry[] {
  return entries(text).map(({ english, german, chinese }) => {
    const [gender, word] = german.split(' ') as [Gender, string];
    const noun = { german: word, gender, chinese, measure: '' };
    return {
      english: `the ${english}`,
      german: definite(noun, 'nominative'),
      accusative: definite(noun, 'accusative'),
      dative: definite(noun, 'dative'),
      chinese,
    };
  });
}

const names: readonly Entry[] = (
  'Amara Anton Aylin Bao Beatriz Bruno Carla Chidi Clara Dario Dilara Edda Elias Emre Esther Farid Felix Fiona Greta ' +
  'Hana Henrik Ida Ines Ivo Jamal Janek Jonas Juna Kaito Karim Kiran Lea Lena Leon Lina Luca Mai Malik Marta Mateo ' +
  'Mila Mira Nadia Nils Noor Olga Omar Oskar Paula Pavel Priya Rafael Rosa Ruben Samira Selma Sofia Tariq Tessa Theo ' +
  'Uma Vera Wanda Xenia Yara Yusuf Zoe'
)
  .split(' ')
  .map((name) => ({ english: name, german: name, chinese: name }));

export const TRANSLATED = {
  name: names,
  person: nouns(
    'grandmother|f Großmutter|奶奶; grandfather|m Großvater|爷爷; mother|f Mutter|妈妈; father|m Vater|爸爸; ' +
      'king|m König|国王; queen|f Königin|女王; princess|f Prinzessin|公主; monk|m Mönch|和尚; nun|f Nonne|修女; ' +
      'witch|f Hexe|女巫; wizard|m Zauberer|巫师; girl|n Mädchen|女孩; child|n Kind|孩子; brother|m Bruder|哥哥; ' +
      'sister|f Schwester|姐姐; guest|m Gast|客人; bride|f Braut|新娘; groom|m Bräutigam|新郎; uncle|m Onkel|叔叔; ' +
      'aunt|f Tante|阿姨; daughter|f Tochter|女儿; son|m Sohn|儿子; knight|m Ritter|骑士; ' +
      'fairy|f Fee|仙女; actress|f Schauspielerin|女演员; waitress|f Kellnerin|女服务员; baby|n Baby|宝宝',
  ),
  medium: nouns(
    'postcard|f Postkarte|明信片; poster|n Plakat|海报; painting|n Gemälde|油画; sketch|f Skizze|草图; ' +
      'stamp|f Briefmarke|邮票; mural|n Wandbild|壁画; sticker|m Aufkleber|贴纸; calendar|m Kalender|日历; ' +
      'drawing|f Zeichnung|图画; photograph|n Foto|照片; puzzle|n Puzzle|拼图; banner|n Banner|横幅; ' +
      'carpet|m Teppich|地毯; magazine|f Zeitschrift|杂志; brochure|f Broschüre|小册子; lampshade|m Lampenschirm|灯罩; ' +
      'notebook|n Heft|笔记本; diary|n Tagebuch|日记; album|n Album|相册; invitation|f Einladung|请柬; ' +
      'newspaper|f Zeitung|报纸; curtain|m Vorhang|窗帘; tablecloth|f Tischdecke|桌布; cushion|n Kissen|靠垫; ' +
      'suitcase|m Koffer|手提箱; mug|f Tasse|杯子; apron|f Schürze|围裙; sign|n Schild|牌子',
  ),
  city: entries(
    'Berlin|Berlin|柏林; Paris|Paris|巴黎; Vienna|Wien|维也纳; Munich|München|慕尼黑; Rome|Rom|罗马; ' +
      'Lisbon|Lissabon|里斯本; Prague|Prag|布拉格; Warsaw|Warschau|华沙; Moscow|Moskau|莫斯科; Beijing|Peking|北京; ' +
      'Shanghai|Shanghai|上海; Tokyo|Tokio|东京; Cairo|Kairo|开罗; Athens|Athen|雅典; Zurich|Zürich|苏黎世; ' +
      'Geneva|Genf|日内瓦; Brussels|Brüssel|布鲁塞尔; Cologne|Köln|科隆; Hamburg|Hamburg|汉堡; Venice|Venedig|威尼斯; ' +
      'Milan|Mailand|米兰; Nairobi|Nairobi|内罗毕; Havana|Havanna|哈瓦那; Seoul|Seoul|首尔',
  ),
  when: entries(
    'yesterday|gestern|昨天; this morning|heute Morgen|今天早上; last week|letzte Woche|上周; on Monday|am Montag|星期一; ' +
      'on Tuesday|am Dienstag|星期二; on Wednesday|am Mittwoch|星期三; on Thursday|am Donnerstag|星期四; ' +
      'on Friday|am Freitag|星期五; on Saturday|am Samstag|星期六; on Sunday|am Sonntag|星期天; ' +
      'in January|im Januar|一月; in February|im Februar|二月; in March|im März|三月; in April|im April|四月; ' +
      'in June|im Juni|六月; in July|im Juli|七月; in August|im August|八月; in September|im September|九月; ' +
      'in October|im Oktober|十月; in November|im November|十一月; in December|im Dezember|十二月; ' +
      'before breakfast|vor dem Frühstück|早饭前; after lunch|nach dem Mittagessen|午饭后; long ago|vor langer Zeit|很久以前; ' +
      'two years ago|vor zwei Jahren|两年前; last summer|letzten Sommer|去年夏天; last winter|letzten Winter|去年冬天; ' +
      'after school|nach der Schule|放学后; during the holidays|in den Ferien|假期里; an hour ago|vor einer Stunde|一个小时前; ' +
      'before the storm|vor dem Sturm|暴风雨前; after the wedding|nach der Hochzeit|婚礼后; after the concert|nach dem Konzert|音乐会后',
  ),
  saw: entries(
    'saw|sah|看见了; noticed|bemerkte|注意到了; photographed|fotografierte|拍摄了; admired|bewunderte|欣赏了; ' +
      'described|beschrieb|描述了; sketched|skizzierte|勾画了; discovered|entdeckte|发现了; filmed|filmte|拍下了; ' +
      'praised|lobte|赞美了; watched|beobachtete|观察了; painted|malte|画了; mentioned|erwähnte|提到了; ' +
      'touched|berührte|触摸了; missed|vermisste|想念了; sought|suchte|寻找了; showed|zeigte|展示了',
  ),
  adjective: entries(
    'old|alt|旧; new|neu|新; small|klein|小; large|groß|大; beautiful|schön|美丽; strange|seltsam|奇怪; famous|berühmt|著名; ' +
      'quiet|ruhig|安静; funny|lustig|有趣; simple|einfach|简单; lonely|einsam|孤独; elegant|elegant|优雅; ' +
      'clumsy|plump|笨拙; dusty|staubig|布满灰尘; precious|kostbar|珍贵; ordinary|gewöhnlich|普通; ' +
      'magnificent|prächtig|华丽; peculiar|eigenartig|独特; charming|reizend|迷人; wet|nass|潮湿; sturdy|stabil|结实; ' +
      'splendid|herrlich|壮观; mysterious|geheimnisvoll|神秘; delicate|zart|精致; ugly|hässlich|难看; dirty|schmutzig|脏; ' +
      'clean|sauber|干净; heavy|schwer|重; light|leicht|轻; rare|selten|罕见; pretty|hübsch|漂亮; odd|merkwürdig|古怪; ' +
      'cheap|billig|便宜; useless|nutzlos|没用; harmless|harmlos|无害; huge|riesig|巨大; tiny|winzig|微小; ' +
      'wonderful|wunderbar|奇妙; boring|langweilig|无聊; expensive|wertvoll|昂贵; soft|weich|柔软; cold|kalt|冰冷; ' +
      'warm|warm|温暖; wild|wild|狂野; perfect|perfekt|完美',
  ),
  tail: entries(
    'because the weather was good|weil das Wetter gut war|因为天气很好; because nobody was at home|weil niemand zu Hause war|因为家里没有人; ' +
      'before it began to rain|bevor es zu regnen begann|在开始下雨之前; when the bells rang|als die Glocken läuteten|当钟声响起的时候; ' +
      'while the others were sleeping|während die anderen schliefen|当其他人在睡觉的时候; although it was late|obwohl es spät war|虽然已经很晚了; ' +
      'before the train left|bevor der Zug abfuhr|在火车离开之前; after the guests had gone|nachdem die Gäste gegangen waren|在客人离开之后; ' +
      'while the soup was boiling|während die Suppe kochte|当汤在煮的时候; because the shop was closed|weil der Laden geschlossen war|因为商店关门了; ' +
      'although the light was poor|obwohl das Licht schlecht war|虽然光线不好; when the music stopped|als die Musik aufhörte|当音乐停止的时候; ' +
      'because the road was empty|weil die Straße leer war|因为路上没有人; before the sun went down|bevor die Sonne unterging|在太阳下山之前; ' +
      'while the neighbours were singing|während die Nachbarn sangen|当邻居们在唱歌的时候; although the wind was strong|obwohl der Wind stark war|虽然风很大; ' +
      'after the film had ended|nachdem der Film geendet hatte|在电影结束之后; when the door opened|als die Tür aufging|当门打开的时候; ' +
      'because everything else was sold|weil alles andere verkauft war|因为其他东西都卖完了; until the coffee was cold|bis der Kaffee kalt war|直到咖啡凉了; ' +
      'since the garden had become too dark|da der Garten zu dunkel geworden war|因为花园太暗了; while snow fell slowly|während langsam Schnee fiel|当雪慢慢落下的时候; ' +
      'although time was short|obwohl die Zeit knapp war|虽然时间不多; as the teacher had promised|wie der Lehrer versprochen hatte|正如老师答应的那样',
  ),
} as const satisfies Record<string, readonly Entry[]>;

export type TranslatedSlot = keyof typeof TRANSLATED;

/** One entry of the slot; `name2` draws from `name`. */
export function drawEntry(slot: string, generator: Generator): Entry {
  const list = TRANSLATED[slot.replace(/2$/, '') as TranslatedSlot] as readonly Entry[] | undefined;
  if (!list) throw new Error(`translation: no words for the slot {${slot}}`);
  return generator.choice(list);
}
