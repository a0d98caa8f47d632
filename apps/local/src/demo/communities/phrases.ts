import type { Random } from '../random.ts';

const TITLES = [
  'Anybody with experience of {}?',
  'Everything I have learned about {}',
  'Help with {}',
  'Let us talk about {}',
  'Next meeting: {}',
  'Question about {}',
  'Recommendations for {}',
  'What I wish I had known about {}',
  'Who else cares about {}?',
];
const OPENINGS = [
  'Good morning everybody,',
  'Hello all,',
  'I have read the older threads, but not found this:',
  'Short question from a beginner.',
  'This came up at our last meeting.',
];
const MIDDLES = [
  'I have started with **{}** some weeks ago and would like to hear how you do it.',
  'We could use a few more people for _{}_, no experience needed.',
  'After three seasons I still make mistakes with {}.\n\nWhat works for you?',
  'What I need to know about {}:\n\n- Where do I start?\n- What does it cost?\n- Who could show me?',
  'The town has changed the rules on {}, see the notice at the town hall.',
];
const CLOSINGS = [
  'Thank you!',
  'I am grateful for any hint.',
  'We meet at seven, tea is provided.',
  'Photos follow.',
  'See you on Saturday?',
];
const COMMENTS = [
  'Count me in.',
  'I had the same question last year.',
  'Thank you, that helped a lot!',
  'Could you say a bit more about this?',
  'The library has a good book on it.',
  'Not in my experience, but it may depend on the weather.',
  'I can lend you mine, just write to me.',
  'Start small, it gets easier after the first month.',
  'There is a workshop on **Wednesday**, see the notice board.',
  'Seconded.',
  'I would rather ask at the town hall first.',
  'My neighbour knows everything about it, I shall ask her.',
  'Is there a second date? I am away that week.',
  'We tried that in spring and it went well.',
  'Good idea! Who brings the tools?',
];

export function postTitle(subject: string, { pick }: Random): string {
  return pick(TITLES).replace('{}', subject);
}

/** Markdown of three paragraphs. */
export function postBody(subject: string, { pick }: Random): string {
  return [pick(OPENINGS), pick(MIDDLES).replace('{}', subject), pick(CLOSINGS)].join('\n\n');
}

/** Markdown of one or two sentences. */
export function commentBody({ pick, chance }: Random): string {
  return chance(0.3) ? `${pick(COMMENTS)} ${pick(COMMENTS)}` : pick(COMMENTS);
}
