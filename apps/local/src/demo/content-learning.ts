import type { ClientBase } from 'pg';
import { insertRows } from './insert-rows.ts';
import type { Person, World } from './world.ts';

/** What somebody can learn, as far as this needs to know it. */
export interface Course {
  readonly id: string;
  readonly createdAt: Date;
  readonly visibility: string;
  readonly topics: readonly { readonly id: string }[];
}

const MOST_LEARNERS = 12;

interface Learner {
  readonly course: Course;
  readonly person: Person;
  readonly enrolledAt: Date;
  /** How many topics, from the first on. */
  readonly done: number;
}

/** Who learns the public ones, and how far they are; their choices are a stream of their own. */
export async function insertLearners(
  client: ClientBase,
  world: World,
  courses: readonly Course[],
): Promise<void> {
  const random = world.randomFor(`content learning ${courses[0]?.id}`);
  const learners = courses
    .filter(({ visibility, topics }) => visibility === 'PUBLIC' && topics.length > 0)
    .flatMap((course) =>
      random.sample(world.people, random.skewed(MOST_LEARNERS)).map((person): Learner => {
        const bothThereAt = new Date(Math.max(+person.joinedAt, +course.createdAt));
        const enrolledAt = random.instant(bothThereAt, world.now);
        return { course, person, enrolledAt, done: random.int(0, course.topics.length) };
      }),
    );
  const enrolment = {
    subject_id: 'text',
    user_id: 'text',
    enrolled_at: 'timestamptz',
    last_topic_id: 'text',
  };
  await insertRows(
    client,
    'enrolment',
    enrolment,
    learners.values().map(({ course, person, enrolledAt, done }) => ({
      subject_id: course.id,
      user_id: person.id,
      enrolled_at: enrolledAt,
      last_topic_id: course.topics[done - 1]?.id ?? null,
    })),
  );
  const topicDone = {
    subject_id: 'text',
    user_id: 'text',
    topic_id: 'text',
    done_at: 'timestamptz',
  };
  await insertRows(
    client,
    'topic_done',
    topicDone,
    learners.values().flatMap(({ course, person, enrolledAt, done }) =>
      course.topics.slice(0, done).map((topic) => ({
        subject_id: course.id,
        user_id: person.id,
        topic_id: topic.id,
        done_at: random.instant(enrolledAt, world.now),
      })),
    ),
  );
}
