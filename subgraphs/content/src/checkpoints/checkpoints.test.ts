import { fc } from '@civitas/testkit/random';
import { expect, test } from 'vitest';
import { hideSolutions, isRight, readCheckpoints } from './index.ts';

const quiz = (body: string, fence = '```') => `${fence}quiz\n${body}\n${fence}\n`;
const choice = 'What does yeast make?\n\n- [ ] Salt\n- [x] Alcohol\n- [ ] Rust\n\n> From sugar.';

function only(body: string) {
  const { checkpoints, problems } = readCheckpoints(quiz(body));
  expect(problems).toEqual([]);
  const [checkpoint] = checkpoints;
  if (!checkpoint) throw new Error('no question');
  return checkpoint;
}

const chosen = (...options: number[]) => ({ options: new Set(options), text: '' });
const written = (text: string) => ({ options: new Set<number>(), text });

test('one ticked option makes a single choice, with its reason', () => {
  const question = only(choice);
  expect(question).toMatchObject({
    kind: 'SINGLE_CHOICE',
    question: 'What does yeast make?',
    options: ['Salt', 'Alcohol', 'Rust'],
    explanation: 'From sugar.',
  });
  expect(
    [chosen(1), chosen(0), chosen(0, 1), chosen(), undefined].map((a) => isRight(question, a)),
  ).toEqual([true, false, false, false, false]);
});

test('several ticked options make a multiple choice, of which all and only they are right', () => {
  const question = only('Which are grains?\n- [x] Rye\n- [X] Oat\n- [ ] Pea');
  expect(question.kind).toBe('MULTIPLE_CHOICE');
  expect(isRight(question, chosen(0, 1))).toBe(true);
  expect(isRight(question, chosen(0))).toBe(false);
  expect(isRight(question, chosen(0, 1, 2))).toBe(false);
});

test('a choice of one right option can be asked as a multiple one', () => {
  expect(only('multiple\nWhich?\n- [x] a\n- [ ] b').kind).toBe('MULTIPLE_CHOICE');
});

test.each(['Oslo', ' oslo ', 'OSLO', 'Kristiania', 'Ｏｓｌｏ'])(
  'the short text %j is right',
  (text) => {
    expect(isRight(only('Capital of Norway?\n= Oslo\n= Kristiania'), written(text))).toBe(true);
  },
);

test.each(['', ' ', 'Bergen', 'Oslo!'])('the short text %j is wrong', (text) => {
  expect(isRight(only('Capital of Norway?\n= Oslo'), written(text))).toBe(false);
});

test.each([
  ['', 'missing'],
  ['Why?', 'answers are missing'],
  ['Why?\n- [ ] a\n- [ ] b', 'No option'],
  ['Why?\n- [x] a', 'no choice'],
  ['Why?\n- [x] a\n- [ ] b\n= c', 'do not go together'],
  ['Why?\n- [x] a\n- [ ] b\nand then', 'is none: and then'],
  ['multiple\nWhy?\n= a', 'needs options'],
  [`Why?\n${'- [x] a\n'.repeat(21)}`, 'more than 20'],
  ['x'.repeat(2_001).concat('\n= a'), 'too long'],
])('the block %# is a problem of its line: %j', (body, message) => {
  const { checkpoints, problems } = readCheckpoints(`# A\n\n${quiz(body)}`);
  expect(checkpoints).toEqual([]);
  expect(problems).toEqual([{ line: 3, message: expect.stringContaining(message) }]);
});

test('questions beyond the fiftieth and repeated ones are problems', () => {
  const many = Array.from({ length: 52 }, (_, n) => quiz(`${n}?\n= a`)).join('\n');
  expect(readCheckpoints(many).checkpoints).toHaveLength(50);
  expect(readCheckpoints(many).problems).toHaveLength(2);
  expect(readCheckpoints(quiz(choice) + quiz(choice)).problems).toHaveLength(1);
});

test('only blocks of the document count, whatever their fence', () => {
  expect(readCheckpoints(quiz(choice, '~~~~')).checkpoints).toHaveLength(1);
  expect(
    readCheckpoints(`- in a list\n\n  ${quiz(choice).replaceAll('\n', '\n  ')}`).checkpoints,
  ).toHaveLength(1);
  expect(readCheckpoints(`\`\`\`\`\`\n${quiz(choice)}\n\`\`\`\`\``)).toEqual({
    checkpoints: [],
    problems: [],
  });
  expect(readCheckpoints('```quizzes\nWhy?\n= a\n```')).toEqual({ checkpoints: [], problems: [] });
});

test('a question keeps its key wherever its block moves, and gets another when it asks something else', () => {
  const { key } = only(choice);
  expect(readCheckpoints(`text\n\n${quiz(choice)}`).checkpoints[0]?.key).toBe(key);
  expect(only(choice.replace('Rust', 'Dust')).key).not.toBe(key);
});

test('readers get the questions without their solutions, and all else byte for byte', () => {
  const before = '> a quote\n\n- [x] a task\n\n= no answer\n\n';
  const text = `${before}${quiz(`${choice}\n= x`)}\nafter [x]\n`;
  const shown = hideSolutions(text);
  expect(shown).toBe(
    `${before}${quiz('What does yeast make?\n\n- [ ] Salt\n- [ ] Alcohol\n- [ ] Rust\n')}\nafter [x]\n`,
  );
});

test('no reader can tell from a text what is right', () => {
  const line = fc.constantFrom(
    'Why?',
    '- [x] a',
    '- [ ] b',
    '* [X] c',
    '= d',
    '> e',
    '',
    '```',
    '  = f',
    '~~~',
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const hidden = hideSolutions(quiz(lines.join('\n')));
      expect(readCheckpoints(hidden).checkpoints).toEqual([]);
    }),
  );
});

test('a text without questions is answered as it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!text.includes('quiz'));
      expect(hideSolutions(text)).toBe(text);
    }),
  );
});
