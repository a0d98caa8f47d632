import type { Trade } from './trades.ts';

/** Something that is sold in the demo town: its title, what is said of it, and its usual price. */
export interface Goods {
  readonly title: string;
  readonly description: string;
  /** One of the marketplace's categories. */
  readonly category: string;
  /** In euro cents. */
  readonly priceMinor: number;
}

/** Titles with their prices in euro cents, of one category. */
function goodsOf(category: string, description: string, prices: Record<string, number>): Goods[] {
  return Object.entries(prices).map(([title, priceMinor]) => ({
    title,
    description,
    category,
    priceMinor,
  }));
}

export const goodsByTrade: Readonly<Record<Trade, readonly Goods[]>> = {
  bakery: goodsOf('FOOD', 'Baked every morning; order by eight in the evening.', {
    'Sourdough loaf, 1 kg': 680,
    'Rye bread with caraway': 520,
    'Spelt rolls, bag of six': 420,
    'Butter croissants, box of four': 760,
    'Cinnamon buns, box of six': 1150,
    'Poppy seed cake': 1890,
    'Apple strudel, whole': 1650,
    'Seeded crispbread': 490,
    'Olive focaccia': 590,
    'Almond biscotti, 250 g': 640,
    'Birthday cake, twelve slices': 3400,
    'Gluten-free loaf': 720,
    'Pretzels, bag of five': 550,
  }),
  bicycles: goodsOf('SPORTS', 'Fitted free of charge in the workshop.', {
    'City bicycle, seven gears': 54900,
    'Touring bicycle, steel frame': 119000,
    "Children's bicycle, 20 inch": 28900,
    'Cargo trailer': 32500,
    'Dynamo front light': 5900,
    'Puncture-proof tyre, 28 inch': 3490,
    'Chain, nine-speed': 2450,
    'Brake pads, pair': 1290,
    'Folding lock': 7900,
    'Pannier bags, waterproof': 11900,
    'Floor pump with gauge': 3900,
    'Helmet, adult': 6400,
    'Leather saddle': 8900,
  }),
  books: goodsOf('BOOKS', 'New, in stock; we also order what is not on the shelf.', {
    'A Short History of the Harbour': 1890,
    "The Cartographer's Winter": 1450,
    'Field Guide to Hedgerow Birds': 2490,
    'Bread, Salt and Patience': 2790,
    'Letters to a Lighthouse': 1290,
    'The Quiet Arithmetic of Bees': 1690,
    'How Bridges Stand': 3250,
    'Poems for the Night Tram': 1150,
    'The Orchard Ledger': 1390,
    'Seven Walks Around the Old Town': 1590,
    'An Introduction to Soil': 3890,
    'The Clockmaker and the Tide': 1490,
    'Picture Atlas for Small Explorers': 2290,
    'Repairing Almost Everything': 2690,
  }),
  coffee: goodsOf('FOOD', 'Roasted here on Tuesdays; whole beans or ground, as you like.', {
    'House espresso, 500 g': 1290,
    'Ethiopia Sidamo, 250 g': 1090,
    'Colombia Huila, 250 g': 990,
    'Decaf from Mexico, 250 g': 1050,
    'Filter roast, 1 kg': 2390,
    'Cold brew, bottle of 750 ml': 690,
    'Stove-top pot, six cups': 3490,
    'Hand grinder': 5900,
    'Paper filters, pack of 100': 450,
    'Dripper, porcelain': 2400,
    'Tasting set, five origins': 2950,
    'Milk jug, 350 ml': 1690,
  }),
  garden: goodsOf('GARDEN', 'Grown without peat in our own nursery.', {
    'Tomato seedlings, tray of six': 990,
    'Lavender, two-litre pot': 750,
    'Apple tree, two years old': 3900,
    'Raspberry canes, bundle of five': 2150,
    'Compost, 40 l': 890,
    'Spade, ash handle': 4490,
    'Pruning shears': 3290,
    'Watering can, zinc, 9 l': 3590,
    'Wildflower seeds, 50 g': 690,
    'Terracotta pot, 30 cm': 1590,
    'Rain barrel, 200 l': 7900,
    'Bird feeder': 2290,
    'Hazel pea sticks, bundle': 1150,
  }),
  groceries: goodsOf('FOOD', 'From farms less than an hour away where the season allows.', {
    'Vegetable box for two': 1890,
    'Vegetable box for a family': 3190,
    'Eggs, free range, ten': 420,
    'Goat cheese, 200 g': 590,
    'Blossom honey, 500 g': 790,
    'Rapeseed oil, 500 ml': 850,
    'Oat flakes, 1 kg': 320,
    'Red lentils, 1 kg': 450,
    'Apple juice, six bottles': 1290,
    'Potatoes, 5 kg': 690,
    'Smoked trout': 1150,
    'Plum jam, 340 g': 490,
    'Dried mushrooms, 50 g': 890,
  }),
  hardware: goodsOf('HARDWARE', 'Ask at the counter when you are not sure that it fits.', {
    'Claw hammer, 450 g': 2190,
    'Screwdriver set, eight pieces': 2990,
    'Cordless drill, two batteries': 13900,
    'Wood screws 4 × 40, box of 200': 890,
    'Spirit level, 60 cm': 2450,
    'Hand saw, 500 mm': 2790,
    'Linseed oil paint, 1 l': 3400,
    'Brass hinges, pair': 1190,
    'Folding rule, 2 m': 990,
    'Door handle, wrought iron': 3890,
    'Work gloves': 1090,
    'Step ladder, five treads': 8900,
    'Draught excluder, 5 m': 1250,
    'Padlock, 50 mm': 1690,
  }),
  music: goodsOf('MUSIC', 'Played in and adjusted in our workshop.', {
    'Classical guitar, cedar top': 34900,
    'Ukulele, concert size': 8900,
    'Descant recorder, pear wood': 6900,
    'Violin strings, set': 3490,
    'Guitar strings, nylon': 1090,
    'Metronome, mechanical': 4900,
    'Music stand, foldable': 2490,
    'Harmonica in C': 3290,
    'Cajón, birch': 12900,
    'Piano method for grown-ups': 2290,
    'Folk tunes of the coast, sheet music': 1590,
    'Second-hand records, box of ten': 2900,
    'Drum sticks, hickory, pair': 1190,
  }),
};

/** What people sell from their attics, one of each. */
export const secondHandGoods: readonly Goods[] = [
  ...goodsOf('HOME', 'Used, in good order. Collect in the old town, or I bring it by bicycle.', {
    'Kitchen table, beech, four chairs': 14000,
    'Floor lamp with paper shade': 2500,
    'Wool rug, 2 × 3 m': 9000,
    'Bookcase, 180 cm': 4500,
    'Cast iron pan': 2200,
    'Sewing machine, serviced': 8500,
    'Set of preserving jars': 1200,
  }),
  ...goodsOf('CLOTHING', 'Worn for one winter, washed and mended.', {
    "Children's snow suit, size 110": 1800,
    'Rain jacket, medium': 3500,
    'Leather boots, size 42': 4000,
    'Hand-knitted cardigan': 2800,
  }),
  ...goodsOf('TOYS', 'Complete, only the box has suffered.', {
    'Wooden train set': 3200,
    'Board game for long evenings': 1500,
    "Doll's house with furniture": 4500,
    'Building bricks, 3 kg': 2600,
  }),
  ...goodsOf('ELECTRONICS', 'Works as it should; sold because I have two.', {
    'Kitchen radio': 1900,
    'Desk computer screen, 24 inch': 6000,
    'Record player': 8900,
    'Film camera with 50 mm lens': 11000,
  }),
  ...goodsOf('SPORTS', 'Hardly used, which says more about me than about it.', {
    'Cross-country skis, 190 cm': 5500,
    'Tent for two': 7000,
    'Table tennis bats and net': 1400,
    'Hiking rucksack, 50 l': 4800,
  }),
];
