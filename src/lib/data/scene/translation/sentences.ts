/**
 * @file The sentence frames: English with its German and Chinese. `{the}` and `{a}` are the thing with an adjective,
 * `{The}` begins a sentence; German `{den}` and `{der}` are its definite accusative and nominative, `{einen}` and
 * `{ein}` the indefinite ones, `{er}` and `{ihn}` its pronouns, `{name.accusative}` another form of a word; Chinese
 * `{that}` and `{one}` are that one and one, with their measure words.
 */

/** What the sentence says of the thing, which decides the words that fit. */
export type SentenceKind =
  /** One thing, in any case. */
  | 'thing'
  /** One thing or several: the accusative alone, so that no verb gives the number away. */
  | 'number'
  /** The thing is called `it`. */
  | 'pronoun'
  /** A thing that has one translation. */
  | 'plain';

export interface Sentence {
  kinds: readonly SentenceKind[];
  english: string;
  german: string;
  chinese: string;
  /** Occurs only in the test split. */
  heldOut?: boolean;
}

const sentence = (
  kinds: string,
  english: string,
  german: string,
  chinese: string,
  heldOut = false,
): Sentence => ({ kinds: kinds.split(' ') as SentenceKind[], english, german, chinese, heldOut });

export const SENTENCES: readonly Sentence[] = [
  sentence(
    'thing number',
    '{name} {saw} {the} {when}, {tail}.',
    '{when} {saw} {name} {den}, {tail}.',
    '{tail}，{name}{when}{saw}{that}。',
  ),
  sentence(
    'thing',
    '{person} {saw} {a} in {city}, {tail}.',
    '{person} {saw} {einen} in {city}, {tail}.',
    '{tail}，{person}在{city}{saw}{one}。',
  ),
  sentence(
    'thing',
    '{name} wanted to buy {a} for {person}, {tail}.',
    '{name} wollte {einen} für {person.accusative} kaufen, {tail}.',
    '{tail}，{name}想给{person}买{one}。',
  ),
  sentence(
    'thing',
    '{name} says that {the} will be at the fair in {city} again.',
    '{name} sagt, dass {der} wieder auf dem Jahrmarkt in {city} sein wird.',
    '{name}说，{that}还会出现在{city}的集市上。',
  ),
  sentence(
    'thing number',
    'Why did {name} draw {the} so often {when}?',
    'Warum hat {name} {when} {den} so oft gezeichnet?',
    '{name}{when}为什么总是画{that}？',
  ),
  sentence(
    'thing',
    'There is {a} in the middle of {medium}.',
    'In der Mitte ist auf {medium.dative} {ein} zu sehen.',
    '{medium}的中间有{one}。',
  ),
  sentence(
    'thing number',
    '{when} {name} and {name2} talked about {the} for hours.',
    '{when} sprachen {name} und {name2} stundenlang über {den}.',
    '{when}{name}和{name2}谈论{that}谈了几个小时。',
  ),
  sentence(
    'thing',
    '{person} has never in life seen such {a}.',
    '{person} hat im ganzen Leben noch nie so {einen} gesehen.',
    '{person}一生中从来没见过这样{one}。',
  ),
  sentence(
    'thing number',
    'Please show me {the} from {city} once more, {name}.',
    'Zeig mir bitte noch einmal {den} aus {city}, {name}.',
    '{name}，请再给我看一次{city}的{that}。',
  ),
  sentence(
    'thing number',
    '{name} forgot {the} in {city}, {tail}.',
    '{name} hat {den} in {city} vergessen, {tail}.',
    '{tail}，{name}把{that}忘在了{city}。',
  ),
  sentence(
    'thing',
    '{The} reminds {name} of a holiday in {city}.',
    '{der} erinnert {name} an einen Urlaub in {city}.',
    '{that}让{name}想起了在{city}的假期。',
  ),
  sentence(
    'thing number',
    'Did {person} bring {the} along {when}?',
    'Hat {person} {when} {den} mitgebracht?',
    '{person}{when}带来了{that}吗？',
  ),
  sentence(
    'thing',
    'To finish {medium}, {name} still needs {a}.',
    'Um {medium.accusative} fertigzustellen, braucht {name} noch {einen}.',
    '为了完成{medium}，{name}还需要{one}。',
  ),
  sentence(
    'thing number',
    '{name} painted {the} on {medium}, {tail}.',
    '{name} malte {den} auf {medium.accusative}, {tail}.',
    '{tail}，{name}把{that}画在了{medium}上。',
  ),
  sentence(
    'thing',
    'Have you heard that {person} dreams of owning {a}?',
    'Hast du gehört, dass {person} davon träumt, {einen} zu besitzen?',
    '你听说{person}梦想拥有{one}吗？',
  ),
  sentence(
    'thing number',
    'Without a word {name} gave {person} a picture that shows {the}.',
    'Wortlos gab {name} {person.dative} ein Bild, das {den} zeigt.',
    '{name}默默地给了{person}一张画着{that}的图。',
  ),

  sentence(
    'pronoun',
    'It is {adjective}, said {name}, {tail}.',
    '{er} ist {adjective}, sagte {name}, {tail}.',
    '{tail}，{name}说它很{adjective}。',
  ),
  sentence(
    'pronoun',
    'It stands in front, and {name} {saw} it {when}.',
    '{er} steht vorn, und {when} {saw} {name} {ihn}.',
    '它在前面，{name}{when}{saw}它。',
  ),
  sentence(
    'pronoun',
    'Look at it closely, {name}, is it not {adjective}?',
    'Sieh {ihn} dir genau an, {name}, ist {er} nicht {adjective}?',
    '{name}，仔细看看它，它不是很{adjective}吗？',
  ),
  sentence(
    'pronoun',
    '{person} wanted to keep it for a while, {tail}.',
    '{person} wollte {ihn} eine Weile behalten, {tail}.',
    '{tail}，{person}想把它留一阵子。',
  ),
  sentence(
    'pronoun',
    'Is it really from {city}, and does it belong to {name}?',
    'Ist {er} wirklich aus {city}, und gehört {er} {name}?',
    '它真的来自{city}吗？它属于{name}吗？',
  ),
  sentence(
    'pronoun',
    'Without it {medium} would look quite empty.',
    'Ohne {ihn} würde {medium} ziemlich leer aussehen.',
    '没有它，{medium}会显得很空。',
  ),
  sentence(
    'pronoun',
    'It was much smaller {when}, {person} remembers.',
    '{when} war {er} viel kleiner, erinnert sich {person}.',
    '{person}记得，它{when}小得多。',
  ),
  sentence(
    'pronoun',
    '{name} {saw} it in {city} before anyone else.',
    'Vor allen anderen {saw} {name} {ihn} in {city}.',
    '{name}比谁都早在{city}{saw}它。',
  ),

  sentence(
    'plain',
    '{name} told a long story about {a}, {tail}.',
    '{name} erzählte eine lange Geschichte über {einen}, {tail}.',
    '{tail}，{name}讲了一个关于{one}的长故事。',
  ),
  sentence(
    'plain',
    'Once upon a time there was {a} in {city}.',
    'In {city} war einmal vor langer Zeit {ein}.',
    '从前在{city}有{one}。',
  ),
  sentence(
    'plain',
    '{person} sold {the} {when}, {tail}.',
    '{when} verkaufte {person} {den}, {tail}.',
    '{tail}，{person}{when}卖掉了{that}。',
  ),
  sentence(
    'plain',
    'Does {name} know {the} from the market in {city}?',
    'Kennt {name} {den} vom Markt in {city}?',
    '{name}认识{city}市场上的{that}吗？',
  ),
  sentence(
    'plain',
    'Everybody in {city} likes {the} better than {medium}.',
    'In {city} mögen alle {den} lieber als {medium.accusative}.',
    '{city}的人喜欢{that}胜过{medium}。',
  ),
  sentence(
    'plain',
    '{name} got {a} from {person} {when}.',
    '{when} bekam {name} von {person.dative} {einen}.',
    '{when}{name}从{person}那里得到了{one}。',
  ),
  sentence(
    'plain',
    '{medium} shows {a}, and {name} made it in {city}.',
    '{medium} zeigt {einen}, und {name} hat das in {city} gemacht.',
    '{medium}上画着{one}，是{name}在{city}做的。',
  ),
  sentence(
    'plain',
    'In the song {name} looks for {the} everywhere in {city}.',
    'Im Lied sucht {name} {den} überall in {city}.',
    '在歌里，{name}在{city}到处找{that}。',
  ),

  sentence(
    'thing number',
    'Where on earth did {name} find {the} {when}?',
    'Wo um alles in der Welt hat {name} {when} {den} gefunden?',
    '{name}{when}到底在哪里找到了{that}？',
    true,
  ),
  sentence(
    'thing',
    'Nobody else in {city} has {a}, and {name} is proud.',
    'Niemand sonst in {city} hat {einen}, und {name} ist stolz.',
    '{city}没有别人有{one}，{name}很自豪。',
    true,
  ),
  sentence(
    'thing number',
    '{person} compares {the} with {medium} for a while.',
    '{person} vergleicht {den} eine Weile mit {medium.dative}.',
    '{person}把{that}和{medium}比较了一会儿。',
    true,
  ),
  sentence(
    'pronoun',
    'Could {person} paint it once more for {medium}?',
    'Könnte {person} {ihn} noch einmal für {medium.accusative} malen?',
    '{person}能再为{medium}画一次它吗？',
    true,
  ),
  sentence(
    'pronoun',
    '{name} brought it home from {city}, {tail}.',
    '{name} brachte {ihn} aus {city} nach Hause mit, {tail}.',
    '{tail}，{name}把它从{city}带回了家。',
    true,
  ),
  sentence(
    'plain',
    'Nobody who read the book forgot {the} in {city}.',
    'Niemand, der das Buch las, vergaß {den} in {city}.',
    '读过这本书的人都忘不了{city}的{that}。',
    true,
  ),
];
