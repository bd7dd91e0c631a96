/**
 * @file The talks of the dialogue task, a turn a line; visitor and guide take turns, and the visitor has the first and
 * the last word before the guide's reply. What "it" is, the turns before say.
 */
import type { WrittenPair } from '../written';

/** Two turns, visitor and guide, with which a talk may begin. */
export const GREETINGS = [
  'Good morning, is this the {spot}?\nIt is, and here hangs the {medium} that you came for.',
  'I was told to ask for the {person}.\nThe {person} is away, but I can show you the {medium}.',
  'May I have a look around the {spot}?\nOf course. Begin with this {medium}, it is the best we have.',
  'My friend {name} sent me here.\nThen you will want to see the {medium}, as {name} did.',
  'I have left my glasses at home.\nNever mind, I will tell you what the {medium} shows.',
  'I came here {when}, and you were closed.\nWe are open now. Please step up to the {medium}.',
  'What {a adjective} room this is.\nIt was the {spot} once, before the {medium} was hung here.',
  'Is it you whom they call the {person}?\nThat was my brother. I look after the {medium}.',
];

export const SEEN: Record<string, readonly WrittenPair[]> = {
  colour: [
    [
      'Is that {a kind} in front?\nIt is, the {person} was proud of it.\nAnd what colour has it, {options}?',
      'It has been {answer} from the start, as the {person} wanted it.',
    ],
    [
      '{name} told me about {a adjective} {kind}.\nYou are standing before it.\nIs it {options}? I cannot tell.',
      'This {adjective} {kind} is {answer}, look at it closely.',
    ],
    [
      'I like {a kind} that has a strong colour.\nThen look at this one.\nWould you call it {options}?',
      'I would call this one {answer}, and so would any {kind} lover.',
    ],
    [
      'My child wants to draw the {kind}.\nHere are our pencils.\nWhich one is needed, {options}?',
      'For that {kind} your child needs the pencil that is {answer}.',
    ],
  ],
  kind: [
    [
      '{name} {saw} something large here {when}.\nIt is still where it was.\nWhat is it, {options}?',
      'What {name} {saw} in the middle is {answer}, and a large one.',
    ],
    [
      'There is something big in front.\nYes, it is the first thing that people notice.\nIs it {options}?',
      'The big thing that people notice in front is {answer}.',
    ],
    [
      'I do not see well from here.\nPlease come nearer.\nDoes the {person} show {options}?',
      'From nearer you will see that the {person} shows {answer}.',
    ],
    [
      'What did the {person} paint for {name}?\nYou may guess.\nWas it {options}?',
      'It was {answer} that the {person} painted for {name}.',
    ],
  ],
  count: [
    [
      'Are those {flyers} up there?\nThey are, and well drawn.\nHow many do you count, {options}?',
      'If I count the {flyers} up there I come to {answer} of them.',
    ],
    [
      '{name} is fond of {flyers}.\nThen this is the right place.\nAre there {options} of them in the air?',
      'There are {answer} of them in the air, as {name} will be glad to hear.',
    ],
    [
      'Something is flying up there.\nThose are {flyers}.\nTell me their number: {options}?',
      'The number of {flyers} that are flying up there is {answer}.',
    ],
  ],
  place: [
    [
      'Where has the {person} been for this?\nNot far from home.\nWas it {options}?',
      'The {person} has been {answer} for this, not far from home.',
    ],
    [
      '{name} would like to travel there.\nThat is easily done.\nDoes one go to find it {options}?',
      'To travel there {name} would have to look for it {answer}.',
    ],
    [
      'I know this place from somewhere.\nMany people say so.\nAre we {options} here?',
      'Many people know this place, for we are {answer} here.',
    ],
  ],
  time: [
    [
      'The light is {adjective}.\nThe {person} waited for it.\nIs this the {options}?',
      'The {person} waited for this {adjective} light and then worked {answer}.',
    ],
    [
      'When was this seen?\nWhen {name} came by.\nWas that during the {options}?',
      'When {name} came by and this was seen, it was {answer}.',
    ],
    [
      'I want to come back at that very hour.\nOur door is open.\nMust it be the {options}?',
      'To see that very hour you must come back to our door {answer}.',
    ],
  ],
  weather: [
    [
      '{name} did not want to go out there.\nI can see why you ask.\nIs the weather {options}?',
      'The weather out there is {answer}, whether {name} goes out or not.',
    ],
    [
      'Look at that sky.\nThe {person} was good at skies.\nWould you say that it is {options}?',
      'I would say that this sky of the {person} is {answer}.',
    ],
    [
      'Would one need a coat there?\nThat depends on the sky.\nSo is it {options}?',
      'As to whether one needs a coat: the sky there is {answer}.',
    ],
  ],
  pattern: [
    [
      'May I touch the {kind}?\nPlease do not.\nIs its surface {options}, then?',
      'You may not touch the {kind}, but its surface is {answer}.',
    ],
    [
      '{name} collects whatever looks like this {kind}.\nWhat {a adjective} idea.\nDoes it have to be {options}?',
      'To look like this {kind} it would have to be {answer}, {name} knows.',
    ],
    [
      'The {person} changed the {kind} {when}.\nSo I have heard.\nDid it become {options}?',
      'Since the {person} changed it the {kind} has been {answer}.',
    ],
  ],
  side: [
    [
      'I can see the {kind} well.\nThere is a small {small} too.\nLeft or right of it?',
      'The small {small} stands on the {answer} of the {kind} that you see.',
    ],
    [
      'Where is the little {small} that {name} spoke of?\nNext to the {kind}.\nOn which side, left or right?',
      'The little {small} that {name} spoke of is on the {answer} side.',
    ],
  ],
  'small-colour': [
    [
      'What is that beside the {kind}?\nA small {small}.\nIs the small one {options}?',
      'The small {small} that you see beside the {kind} is {answer}.',
    ],
    [
      'The {kind} I know.\nThen look at the little {small} next to it.\nHas it been painted {options}?',
      'The little {small} next to the {kind} has been painted {answer}.',
    ],
  ],
  presence: [
    [
      '{name} said I would find {a kind} here.\nPeople say all sorts of things.\nSo is there one?',
      '{answer} {a kind} here, whatever {name} may have said.',
    ],
    [
      'My son looks for {a kind} wherever he goes.\nHow {adjective}.\nCan he find one on the {medium}?',
      '{answer} {a kind} on the {medium}, so tell your son.',
    ],
  ],
  claim: [
    [
      'The {person} swears that the {kind} is {colour}.\nThe {person} swears a lot.\nAnd is it?',
      '{answer} {colour}, however much the {person} swears.',
    ],
    [
      '{a colour} {kind}, {name} wrote to me.\n{name} is often wrong.\nIs that true for once?',
      '{answer} {colour}, whatever {name} wrote to you about the {kind}.',
    ],
  ],
  'told-colour': [
    [
      'I have just painted my {kind} {word}.\nThat must look {adjective}.\nWhat colour did I say?',
      'You said that you have just painted your {kind} {answer}.',
    ],
    [
      '{name} only wears {word}.\nI do not know anybody called {name}.\nBut do you remember the colour?',
      'As you told me, the colour that {name} wears is {answer}.',
    ],
  ],
  'told-kind': [
    [
      'I dreamed of {a word} {when}.\nDreams are {adjective}.\nWhat was it that I dreamed of?',
      'You told me that {when} you dreamed of {answer}.',
    ],
  ],
  'told-count': [
    [
      'The number of my cousins in this town is {word}.\nThat is {adjective}.\nHow many would you have to invite?',
      'I would have to invite your cousins, and you said {answer}.',
    ],
  ],
  'told-place': [
    [
      'We live {word} now.\nHow do you like it?\nVery much. Where do we live?',
      'You live {answer} now, and you like it very much.',
    ],
  ],
  'told-time': [
    [
      '{name} can only come during the {word}.\nI shall write that down.\nWhat have you written?',
      'I have written that {name} can only come {answer}.',
    ],
  ],
  'told-weather': [
    [
      'It was {word} {when}.\nWas it?\nYes. How was it?',
      'It was, as you have just told me, {answer} {when}.',
    ],
  ],
  'told-pattern': [
    [
      'I bought some {word} cloth for the {spot}.\nA {adjective} choice.\nDo you know what it looks like?',
      'The cloth that you bought for the {spot} is {answer}, you say.',
    ],
  ],
  'told-side': [
    [
      'To leave one turns {word}, does one not?\nIndeed.\nWhich way was it again?',
      'To leave you must turn to the {answer}, as you said yourself.',
    ],
  ],
};

/** In the test split alone. */
export const HELD_OUT: Record<string, readonly WrittenPair[]> = {
  colour: [
    [
      'I would put the {kind} into my garden.\nIt is not for sale.\nA pity. It is {options}, is it not?',
      'It is not for sale, but yes, the {kind} is {answer}.',
    ],
  ],
  kind: [
    [
      'Let me guess what is largest here.\nGo on.\nI say {options}. Which?',
      'You may stop guessing now, the largest here is {answer}.',
    ],
  ],
  count: [
    [
      'Mind the {flyers} up there.\nThey are only painted.\nAll {options} of them?',
      'They are only painted, the {flyers}, and there are {answer} of them.',
    ],
  ],
  place: [
    [
      'It makes one want to be there.\nWhere do you think that is?\nPerhaps {options}?',
      'It makes one want to be {answer}, for that is where it is.',
    ],
  ],
  weather: [
    [
      'Did the paper stay dry?\nIt depends.\nWas it {options} that day?',
      'Whether the paper stayed dry or not, that day was {answer}.',
    ],
  ],
  pattern: [
    [
      'I would have made the {kind} otherwise.\nHow do you find it?\nIs it not {options}?',
      'However you would have made the {kind}, it is {answer}.',
    ],
  ],
  'told-colour': [
    [
      'My hat is {word} today.\nA {adjective} hat.\nWhat would you call its colour?',
      'You call the colour of your {adjective} hat {answer}.',
    ],
  ],
};
