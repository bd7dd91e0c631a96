/** @file The sentences of the ner task. In those of `named` the picture alone tells what the thing is; in `told` a word does. */

export const SEEN: Record<'named' | 'told', readonly string[]> = {
  named: [
    '{name} {saw} {thing} {when}.',
    'Everybody in {town} knows {thing}.',
    'The {person} from the {spot} {saw} {thing} {when}.',
    '{thing} is the pride of {town}.',
    '{name} made {a medium} of {thing}.',
    'Here you see {thing}, {adjective} as ever.',
    'On the {medium} stands {thing}, says {name}.',
    'They named it {thing}, after {a adjective} {person}.',
    'The {adjective} {person} waits beside {thing} {when}.',
    'Who gave {thing} such {a adjective} name?',
    'The {medium} that {name} sent from {town} shows {thing}.',
    '{when} the {person} {saw} {thing} from the {spot}.',
    '{thing} was new {when}, the {person} recalls.',
    'My {person} calls it {thing}.',
    'Is this the {adjective} {thing} that they {saw} {when}?',
    'There is no {spot} without {a medium} of {thing}.',
    '{name} dreamed of {thing} {when}.',
    'The {person} wrote {a medium} about {thing}.',
    'Nothing in {town} is older than {thing}.',
    'What would {name} do without {thing}?',
    'Before them stood {thing}, {adjective} and {adjective2}.',
    '{thing} again, sighed the {person} in the {spot}.',
    'Children visit {thing} {when}.',
    'The {adjective} {medium} was a gift: somebody had painted {thing}.',
  ],
  told: [
    '{name} {saw} the {word} {thing} {when}.',
    '{thing} is {a word} near {town}.',
    'The {adjective} {word} is called {thing}, says {name}.',
    '{a word} named {thing} stands behind the {spot}.',
    'The {person} likes the {word} {thing} best.',
    '{name} of {town} owns {a word}, {thing}.',
    'Is {thing} the {word} that {name} {saw} {when}?',
    'From the {spot} one sees {thing}, {a adjective} {word}.',
  ],
};

/** In the test split alone: their parts are known from other sentences, their order is not. */
export const HELD_OUT: Record<'named' | 'told', readonly string[]> = {
  named: [
    '{name} and the {person} {saw} {thing} from the {spot}.',
    'The {person} made {a medium} of {thing} {when}.',
    'My {person} {saw} {thing}, {adjective} as ever.',
    'Here stands {thing}, says {name}.',
  ],
  told: ['The {person} {saw} {a word} named {thing} {when}.'],
};
