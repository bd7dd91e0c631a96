/**
 * @file Simple baselines by task: what answers the records of a held-out split from training records without any network.
 * A model that is not shown to be better than one of these has not been shown to have learned anything.
 */
import type {
  ClassificationRecord,
  DialogueRecord,
  NerRecord,
  QaRecord,
  RelationRecord,
  SummarizationRecord,
  TranslationRecord,
} from '../../data';
import { InputError } from '../../errors';
import { leadSentence } from './lead-sentence';
import { LogisticRegression, type LogisticRegressionOptions } from './logistic-regression';
import { mostFrequentAnswer } from './most-frequent';
import { answerLength, overlapSpan } from './overlap-span';
import { TfIdf } from './tf-idf';

export interface Baseline<R> {
  /** In words, for tables. */
  name: string;
  /** One answer a record of `asked`, in order; of entities the tags joined by blanks, as the kit's models predict them. */
  answers(train: readonly R[], asked: readonly R[]): string[];
}

type Labelled = ClassificationRecord | RelationRecord;

const textOf = (record: Labelled): string =>
  'text' in record ? (record as ClassificationRecord).text : (record as RelationRecord).tokens.join(' ');

export const majorityClass: Baseline<Labelled> = {
  name: 'majority class',
  answers(train, asked) {
    const answer = mostFrequentAnswer(train.map(({ label }) => ({ key: '', answer: label })));
    return asked.map(() => answer(''));
  },
};

/** scikit-learn's defaults unless told otherwise. */
export function tfIdfClassifier(options: LogisticRegressionOptions = {}): Baseline<Labelled> {
  return {
    name: 'TF-IDF with logistic regression',
    answers(train, asked) {
      const bags = new TfIdf(train.map(textOf));
      const targets = train.map(({ label }) => label);
      const model = LogisticRegression.fit(bags.rows(train.map(textOf)), targets, bags.columns.size, options);
      return bags.rows(asked.map(textOf)).map((row) => model.predict(row));
    },
  };
}

/** A word that was never seen has the most frequent tag of all, O. */
export const frequentTags: Baseline<NerRecord> = {
  name: 'most frequent tag of each word',
  answers(train, asked) {
    const tagOf = mostFrequentAnswer(
      train.flatMap(({ tokens, tags }) =>
        tokens.map((token, i) => ({ key: token, answer: tags[i] as string })),
      ),
    );
    return asked.map(({ tokens }) => tokens.map(tagOf).join(' '));
  },
};

export const frequentTranslation: Baseline<TranslationRecord> = {
  name: 'most frequent translation of the text',
  answers(train, asked) {
    const answer = mostFrequentAnswer(train.map(({ source, target }) => ({ key: source, answer: target })));
    return asked.map(({ source }) => answer(source));
  },
};

export const leadSentences: Baseline<SummarizationRecord> = {
  name: 'lead sentence',
  answers: (_train, asked) => asked.map(({ document }) => leadSentence(document)),
};

/** Throws an `InputError` where a record has no passage. */
export const overlapSpans: Baseline<QaRecord> = {
  name: 'span nearest to the words of the question',
  answers(train, asked) {
    const length = answerLength(train.map(withPassage));
    return asked.map(withPassage).map(({ question, context }) => overlapSpan(question, context, length));
  },
};

function withPassage(record: QaRecord): QaRecord & { context: string } {
  if (record.context) return { ...record, context: record.context };
  throw new InputError(`record ${record.id}: has no "context"; the answer is looked for in one`);
}

/**
 * The majority answer to the form of a question: of the last question of a dialogue, of a text or question else. The form
 * is the question with each word that is an answer somewhere (`red`, `circle`) taken out, so that "is it red?" and "is it
 * blue?" are one.
 */
export const majorityByForm: Baseline<ClassificationRecord | QaRecord | DialogueRecord> = {
  name: 'majority answer to the form of the question',
  answers(train, asked) {
    const examples = train.map(questionOf);
    const answers = new Set(examples.map(({ answer }) => answer.toLowerCase()));
    const formOf = (question: string) =>
      question.toLowerCase().replace(/[\p{L}\p{N}]+/gu, (word) => (answers.has(word) ? '…' : word));
    const answer = mostFrequentAnswer(
      examples.map((example) => ({ key: formOf(example.question), answer: example.answer })),
    );
    return asked.map((record) => answer(formOf(questionOf(record).question)));
  },
};

function questionOf(record: ClassificationRecord | QaRecord | DialogueRecord): {
  question: string;
  answer: string;
} {
  if ('turns' in record) {
    const { turns, reply } = record as DialogueRecord;
    return { question: (turns[turns.length - 1] as DialogueRecord['turns'][number]).text, answer: reply };
  }
  if ('question' in record) return record as QaRecord;
  const { text, label } = record as ClassificationRecord;
  return { question: text, answer: label };
}
