/** A club of the demo town: what it is called, and what its members talk about. */
export interface Club {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  /** Fit into `Anybody with experience of …?`. */
  readonly subjects: readonly string[];
}

/** The clubs that the town has at scale 1, each once. */
export const clubs: readonly Club[] = [
  club('gardening', 'Town Gardeners', 'Beds, balconies and everything green.', [
    'raised beds',
    'slugs in the lettuce',
    'tomatoes on a balcony',
    'hardy herbs',
  ]),
  club('chess', 'Chess Club', 'We meet on Tuesdays in the library; boards are there.', [
    'the Caro-Kann',
    'rapid tournaments',
    'chess for beginners',
    'endgame studies',
  ]),
  club('cycling', 'Cycling in Town', 'Commutes, tours, and where a bike lane is missing.', [
    'cargo bikes',
    'studded tyres',
    'the river path',
    'dynamo lights',
  ]),
  club('parents', 'Parents of Young Children', 'Advice, hand-me-downs and company.', [
    'day nurseries',
    'sleep at eight months',
    'rainy-day ideas',
    'second-hand prams',
  ]),
  club('running', 'Early Runners', 'Before work, whatever the weather.', [
    'interval training',
    'shoes for gravel',
    'the half marathon',
    'sore knees',
  ]),
  club('book-club', 'Book Club', 'One novel a month, tea included.', [
    'the novel of this month',
    'short stories',
    'translated fiction',
    'reading aloud',
  ]),
  club('choir', 'Open Choir', 'No auditions. We sing what is fun.', [
    'the alto line',
    'warming up the voice',
    'the summer concert',
    'sheet music',
  ]),
  club('photography', 'Photo Walks', 'Once a month through another quarter.', [
    'night shots',
    'film cameras',
    'portraits outdoors',
    'printing at home',
  ]),
  club('birdwatching', 'Birdwatchers', 'From the reservoir to the church tower.', [
    'swifts under the roof',
    'binoculars',
    'the winter count',
    'nesting boxes',
  ]),
  club('repair-cafe', 'Repair Café', 'Throwing away is the last resort.', [
    'toasters',
    'zips',
    'wobbly chairs',
    'old radios',
  ]),
  club('allotments', 'Allotment Holders', 'Waiting lists, water and neighbours.', [
    'the water meter',
    'compost heaps',
    'apple trees',
    'the waiting list',
  ]),
  club('beekeeping', 'Beekeepers', 'Honey from the roofs of the town.', [
    'varroa mites',
    'the first hive',
    'catching swarms',
    'spring inspection',
  ]),
  club('board-games', 'Board Game Evening', 'Every second Friday, newcomers welcome.', [
    'cooperative games',
    'games for two',
    'sleeving cards',
    'long strategy games',
  ]),
  club('knitting', 'Knitters and Crocheters', 'Needles, wool and conversation.', [
    'toe-up socks',
    'circular needles',
    'left-over wool',
    'baby blankets',
  ]),
  club('home-brewing', 'Home Brewers', 'Ale in small batches.', [
    'open fermentation',
    'bottle bombs',
    'growing hops',
    'alcohol-free ale',
  ]),
  club('sourdough', 'Sourdough Bakers', 'Starters are given away for free.', [
    'a sleepy starter',
    'rye bread',
    'steam in the oven',
    'cold proofing',
  ]),
  club('dogs', 'Dogs of the Town', 'Walks, training and lost collars.', [
    'off-leash areas',
    'recall training',
    'dog sitters',
    'ticks',
  ]),
  club('cats', 'Cat People', 'They chose us.', [
    'indoor cats',
    'two cats in one flat',
    'cat flaps',
    'a missing tabby',
  ]),
  club('football', 'Sunday Football', 'Five a side at the old ground.', [
    'goalkeepers',
    'winter halls',
    'bibs',
    'mixed teams',
  ]),
  club('table-tennis', 'Table Tennis', 'Two tables, many bats.', [
    'backhand serves',
    'new rubbers',
    'the town league',
    'training for children',
  ]),
  club('swimming', 'Cold Water Swimmers', 'In the lake, all year round.', [
    'neoprene gloves',
    'the water temperature',
    'swimming at dawn',
    'changing robes',
  ]),
  club('climbing', 'Climbers', 'The hall in winter, the rocks in summer.', [
    'belay partners',
    'finger injuries',
    'the northern crag',
    'first lead climbs',
  ]),
  club('hiking', 'Weekend Hikers', 'By train to the trailhead.', [
    'huts with a stove',
    'light tents',
    'the ridge path',
    'blisters',
  ]),
  club('local-history', 'Local History', 'Old maps, old names, old photographs.', [
    'the town wall',
    'street names',
    'the flood of 1954',
    'church registers',
  ]),
  club('astronomy', 'Star Gazers', 'Away from the street lamps.', [
    'the Perseids',
    'Dobsonian telescopes',
    'light pollution',
    'the rings of Saturn',
  ]),
  club('theatre', 'Amateur Theatre', 'Two plays a year, nobody is paid.', [
    'learning lines',
    'the spring comedy',
    'stage make-up',
    'a second-hand curtain',
  ]),
  club('jazz', 'Jazz in the Cellar', 'Jam sessions on Thursdays.', [
    'walking bass',
    'the house drum kit',
    'standards in odd keys',
    'the jam session',
  ]),
  club('languages', 'Language Exchange', 'An hour in yours, an hour in mine.', [
    'Spanish tandems',
    'sign language',
    'exam preparation',
    'dialects',
  ]),
  club('coding', 'Learn to Code', 'From the first line on.', [
    'regular expressions',
    'a first web page',
    'code review',
    'version control',
  ]),
  club('electronics', 'Makers and Solderers', 'Shared bench, shared tools.', [
    'soldering tiny parts',
    'the shared oscilloscope',
    'weather stations',
    '3D printing',
  ]),
  club('seniors', 'Good Age', 'Outings, help with forms, and cards.', [
    'hearing aids',
    'the museum outing',
    'tablets',
    'card afternoons',
  ]),
  club('new-in-town', 'New in Town', 'For everybody who has just arrived.', [
    'registering at the town hall',
    'finding a doctor',
    'quiet cafés to work in',
    'meeting people',
  ]),
  club('volunteers', 'Volunteers', 'Hands wanted, hands offered.', [
    'the food bank',
    'reading mentors',
    'river cleaning',
    'first aid courses',
  ]),
  club('flea-market', 'Flea Market', 'The first Saturday of the month, on the square.', [
    'a good pitch',
    'fair prices',
    'old records',
    'selling toys with children',
  ]),
  club('energy', 'Energy at Home', 'Balcony solar, insulation and bills.', [
    'balcony solar panels',
    'heat pumps in old houses',
    'draughty windows',
    'shared storage',
  ]),
  club('public-transport', 'Bus and Tram Riders', 'Timetables, stops and ideas.', [
    'the night bus',
    'line 4 on Sundays',
    'stops without shelter',
    'season tickets',
  ]),
  club('neighbours-north', 'Neighbours in the North', 'Between the park and the railway.', [
    'parcels for neighbours',
    'the street party',
    'noise at night',
    'a shared ladder',
  ]),
  club('neighbours-harbour', 'Harbour Neighbours', 'For everybody who hears the gulls.', [
    'the fish market',
    'flood warnings',
    'moorings',
    'the harbour festival',
  ]),
  club('yoga', 'Yoga in the Park', 'Bring a mat and a jumper.', [
    'mats that do not slip',
    'morning practice',
    'yoga with back pain',
    'rainy-day rooms',
  ]),
  club('film', 'Film Society', 'Old and odd films in the town cinema.', [
    'silent films with piano',
    'subtitles',
    'the autumn programme',
    'short film night',
  ]),
];

function club(slug: string, name: string, description: string, subjects: readonly string[]): Club {
  return { slug, name, description, subjects };
}
