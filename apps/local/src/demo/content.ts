import { readFileSync } from 'node:fs';
import { decodeMarkdown, type PreparedSubject, prepareImport } from '@civitas/content';
import type { ObjectStore } from '@civitas/platform/objects';
import type { ClientBase } from 'pg';
import { insertLearners } from './content-learning.ts';
import { type StorySubject, tellStory } from './content-story.ts';
import { ANGLES, DETAILS, FIELDS, SENTENCES } from './content-words.ts';
import { insertRows } from './insert-rows.ts';
import { mindMapPicture, storePicture } from './pictures.ts';
import type { Random } from './random.ts';
import type { Person, World } from './world.ts';

/** A real curriculum (MIT licence beside it), so that the demo holds a document people know. */
const CURRICULUM_FILE = 'computer-science.md';
const SUBJECTS_PER_SCALE = 300;
/** Subjects of the first civilian, whom the examples show, besides the curriculum. */
const EXAMPLE_SUBJECTS = 5;
/** Which of the written ones has a picture; nothing else is told of it. */
const PICTURED = 1;
const PICTURE_SHOWS = 'A mind map: one idea in the middle, seven around it';

interface DemoSubject extends PreparedSubject {
  readonly id: string;
  readonly author: Person;
  readonly visibility: 'PUBLIC' | 'PRIVATE';
  readonly createdAt: Date;
}

/** The imported curriculum and whose it is, for examples that need its id. */
export function demoCurriculum(world: World): { readonly id: string; readonly owner: Person } {
  const { id, author } = curriculum(world);
  return { id, owner: author };
}

/** Subjects with their topics, the real curriculum first, and who likes, saves and learns them. */
export async function loadContent(
  client: ClientBase,
  world: World,
  objects: ObjectStore | null = null,
): Promise<void> {
  const random = world.randomFor('content');
  let isFirst = true;
  for (const subjects of batches(demoSubjects(world, random))) {
    await insertSubjects(client, subjects);
    await insertTopics(client, subjects);
    await insertReactions(client, world, random, 'subject_like', subjects);
    await insertReactions(client, world, random, 'subject_save', subjects);
    await insertLearners(client, world, subjects);
    if (isFirst) await tellStories(client, world, subjects);
    if (isFirst && objects) await attachPicture(client, objects, subjects);
    isFirst = false;
  }
  await client.query(`
    UPDATE subject SET like_count = likes, save_count = saves FROM (
      SELECT subject_id, count(*) FILTER (WHERE liked) AS likes, count(*) FILTER (WHERE NOT liked) AS saves
      FROM (
        SELECT subject_id, true AS liked FROM subject_like
        UNION ALL SELECT subject_id, false FROM subject_save
      ) AS reaction GROUP BY subject_id
    ) AS counted WHERE subject_id = subject.id`);
}

/** Of the curriculum, which is forked, too, and of a subject that asks questions. */
async function tellStories(
  client: ClientBase,
  world: World,
  [course, example]: readonly DemoSubject[],
): Promise<void> {
  if (!course || !example) return;
  await tellStory(client, world, course, (fork) => insertFork(client, fork, course));
  await tellStory(client, world, example, null);
}

/** To the topic whose text shows it; see `PICTURED`. */
async function attachPicture(
  client: ClientBase,
  objects: ObjectStore,
  subjects: readonly DemoSubject[],
): Promise<void> {
  const subject = subjects[PICTURED + 1];
  const picture = mindMapPicture();
  const topic = subject?.topics.find(({ markdown }) => markdown.includes(picture.sha256));
  if (!subject || !topic) return;
  await storePicture(objects, 'file', picture);
  await client.query(
    `INSERT INTO topic_attachment (id, topic_id, subject_id, name, alt_text, media_type, bytes, sha256,
       width, height, uploaded_by, created_at)
     VALUES ($1, $2, $3, 'mind-map.png', $4, $5, $6, $7, 480, 270, $8, $9)`,
    [
      ...[subject.id.replace('sub_', 'att_'), topic.id, subject.id, PICTURE_SHOWS],
      ...[picture.mediaType, picture.bytes.length, picture.sha256],
      ...[subject.author.id, subject.createdAt],
    ],
  );
}

async function insertFork(
  client: ClientBase,
  fork: StorySubject,
  origin: DemoSubject,
): Promise<void> {
  const own: DemoSubject = { ...fork, visibility: 'PRIVATE' };
  await insertSubjects(client, [own]);
  await insertTopics(client, [own]);
  await client.query(
    `UPDATE subject SET forked_from_id = $2, forked_from_title = $3, forked_from_author_id = $4
     WHERE id = $1`,
    [fork.id, origin.id, origin.title, origin.author.id],
  );
}

function* demoSubjects(world: World, random: Random): Generator<DemoSubject> {
  const first = curriculum(world);
  yield first;
  for (let n = 0; n < SUBJECTS_PER_SCALE * world.scale; n += 1) {
    const author = n < EXAMPLE_SUBJECTS ? first.author : random.pick(world.people);
    const createdAt = random.instant(author.joinedAt, world.now);
    const written = writeDocument(random);
    const markdown = n === PICTURED ? withPicture(written) : written;
    const source = { markdown, title: null, fileName: null };
    yield {
      ...prepareImport(source, () => random.id('top', createdAt)),
      id: random.id('sub', createdAt),
      author,
      visibility: n < EXAMPLE_SUBJECTS || random.chance(0.9) ? 'PUBLIC' : 'PRIVATE',
      createdAt,
    };
  }
}

/** Has a stream of choices of its own, so that its id can be known without the others. */
function curriculum(world: World): DemoSubject {
  const random = world.randomFor('content curriculum');
  const [author] = world.ofKind('CIVILIAN');
  if (!author) throw new Error('The demo town has no civilian.');
  const createdAt = random.instant(author.joinedAt, world.now);
  const file = new URL(`data/${CURRICULUM_FILE}`, import.meta.url);
  const markdown = decodeMarkdown(readFileSync(file));
  const source = { markdown, title: null, fileName: CURRICULUM_FILE };
  return {
    id: random.id('sub', createdAt),
    author,
    visibility: 'PUBLIC',
    createdAt,
    ...prepareImport(source, () => random.id('top', createdAt)),
  };
}

/** Below the heading of the first chapter. */
function withPicture(document: string): string {
  const shown = `![${PICTURE_SHOWS}](attachment:${mindMapPicture().sha256})`;
  return document.replace(
    /^## .*\n\n/m,
    (heading) => `${heading}${shown}\n\nThe mind map shows how the chapters belong together.\n\n`,
  );
}

function writeDocument(random: Random): string {
  const { name, topics } = random.pick(FIELDS);
  const chosen = random.sample(topics, random.int(2, topics.length));
  const chapters = chosen.map((topic) => {
    const details = random.sample(DETAILS, random.skewed(4));
    const sections = details.map((detail) => `### ${detail}\n\n${writeParagraph(random)}\n`);
    return [`## ${topic}\n\n${writeParagraph(random)}\n`, ...sections].join('\n');
  });
  const question = writeQuestion(name, chosen, topics);
  const opening = `# ${name}: ${random.pick(ANGLES)}\n\n${writeParagraph(random)}\n`;
  return [opening, ...chapters, question].join('\n');
}

/** Behind the last chapter: which of the field's topics the document has been about. */
function writeQuestion(name: string, chosen: readonly string[], topics: readonly string[]): string {
  const options = topics.map((topic) => `- [${chosen.includes(topic) ? 'x' : ' '}] ${topic}`);
  const lines = [
    '```quiz',
    'multiple',
    `What of ${name} is explained here?`,
    '',
    ...options,
    '```',
  ];
  return `${lines.join('\n')}\n`;
}

function writeParagraph(random: Random): string {
  return random.sample(SENTENCES, random.int(1, 4)).join(' ');
}

/** So many that each table's rows are inserted in full batches, few enough to hold in memory. */
function* batches(subjects: Iterable<DemoSubject>): Generator<DemoSubject[]> {
  let batch: DemoSubject[] = [];
  for (const subject of subjects) {
    batch.push(subject);
    if (batch.length < 2_000) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function insertSubjects(client: ClientBase, subjects: readonly DemoSubject[]): Promise<void> {
  const columns = {
    id: 'text',
    author_id: 'text',
    title: 'text',
    description: 'text',
    heading: 'text',
    visibility: 'subject_visibility',
    topic_count: 'int',
    markdown_bytes: 'int',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  };
  const rows = subjects.values().map((subject) => ({
    id: subject.id,
    author_id: subject.author.id,
    title: subject.title,
    description: subject.description,
    heading: subject.heading,
    visibility: subject.visibility,
    topic_count: subject.topics.length,
    markdown_bytes: subject.markdownBytes,
    created_at: subject.createdAt,
    updated_at: subject.createdAt,
  }));
  await insertRows(client, 'subject', columns, rows);
}

async function insertTopics(client: ClientBase, subjects: readonly DemoSubject[]): Promise<void> {
  const columns = {
    id: 'text',
    subject_id: 'text',
    parent_id: 'text',
    depth: 'smallint',
    position: 'text',
    title: 'text',
    heading: 'text',
    markdown: 'text',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  };
  const rows = subjects.values().flatMap(({ id, createdAt, topics }) =>
    topics.map((topic) => ({
      id: topic.id,
      subject_id: id,
      parent_id: topic.parentId,
      depth: topic.depth,
      position: topic.position,
      title: topic.title,
      heading: topic.heading,
      markdown: topic.markdown,
      created_at: createdAt,
      updated_at: createdAt,
    })),
  );
  await insertRows(client, 'topic', columns, rows);
}

async function insertReactions(
  client: ClientBase,
  world: World,
  random: Random,
  table: 'subject_like' | 'subject_save',
  subjects: readonly DemoSubject[],
): Promise<void> {
  const columns = { subject_id: 'text', user_id: 'text', created_at: 'timestamptz' };
  const most = table === 'subject_like' ? 60 : 25;
  const rows = subjects.values().flatMap((subject) => {
    if (subject.visibility === 'PRIVATE') return [];
    return random.sample(world.people, random.skewed(most) + 1).map((person) => {
      const bothThereAt = new Date(Math.max(+person.joinedAt, +subject.createdAt));
      const at = random.instant(bothThereAt, world.now);
      return { subject_id: subject.id, user_id: person.id, created_at: at };
    });
  });
  await insertRows(client, table, columns, rows);
}
