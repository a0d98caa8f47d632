/** What the demo town teaches: a field, and what a curriculum of it is about. */
export const FIELDS: readonly { readonly name: string; readonly topics: readonly string[] }[] = [
  {
    name: 'Bread baking',
    topics: ['Sourdough starters', 'Kneading by hand', 'Proofing', 'Oven heat', 'Rye', 'Shaping'],
  },
  {
    name: 'Beekeeping',
    topics: ['The hive', 'Swarming', 'Varroa', 'Honey harvest', 'Wintering', 'Queens'],
  },
  {
    name: 'First aid',
    topics: ['Calling for help', 'Bleeding', 'Burns', 'Resuscitation', 'Shock', 'Choking'],
  },
  {
    name: 'Bicycle repair',
    topics: ['Flat tyres', 'Brakes', 'Gears', 'Wheel truing', 'Chains', 'Bearings'],
  },
  {
    name: 'Balcony gardening',
    topics: ['Soil', 'Tomatoes', 'Herbs', 'Watering', 'Pests', 'Composting', 'Winter crops'],
  },
  {
    name: 'Household money',
    topics: ['Budgets', 'Saving', 'Insurance', 'Taxes', 'Debt', 'Pensions', 'Emergency funds'],
  },
  {
    name: 'Guitar for beginners',
    topics: ['Tuning', 'Open chords', 'Strumming', 'Barre chords', 'Scales', 'Fingerpicking'],
  },
  {
    name: 'Local history',
    topics: ['The old harbour', 'The great fire', 'The town charter', 'Railway years', 'The mill'],
  },
  {
    name: 'Photography',
    topics: ['Exposure', 'Light', 'Composition', 'Portraits', 'Night', 'Developing film'],
  },
  {
    name: 'Linear algebra',
    topics: [
      'Vectors',
      'Matrices',
      'Determinants',
      'Eigenvalues',
      'Orthogonality',
      'Least squares',
    ],
  },
  {
    name: 'Web accessibility',
    topics: ['Semantics', 'Keyboard use', 'Colour contrast', 'Forms', 'Screen readers', 'Testing'],
  },
  {
    name: 'Public speaking',
    topics: ['Breathing', 'Structure', 'Openings', 'Questions', 'Slides', 'Nerves'],
  },
];

export const ANGLES: readonly string[] = [
  'from the beginning',
  'in ten evenings',
  'for families',
  'notes of a practitioner',
  'what I wish I had known',
  'a field guide',
];

export const DETAILS: readonly string[] = [
  'Common mistakes',
  'Exercises',
  'Further reading',
  'Tools you need',
  'Why it works',
  'A worked example',
];

export const SENTENCES: readonly string[] = [
  'Start small and repeat it until it feels easy.',
  'Most people skip this step and regret it later.',
  'Write down what you did, so that you can do it again.',
  'Ask somebody at the library; they keep a shelf on this.',
  'The *second* attempt usually teaches more than the first.',
  'There is a good [introduction](https://example.org/introduction) to this online.',
  'Do not buy anything yet: borrow the tools first.',
  'It takes about a week of evenings.',
  'Compare your result with a neighbour’s.',
  'Safety first: read the whole page before you begin.',
];
