import {
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { PlannedOperation, ShapedOperation } from '../../../operations/prepared-document.ts';
import { type Data, isData, isInherited } from '../data.ts';
import { type EntityPlaces, entityPlaces } from '../entity-places.ts';
import { byConditions } from './by-conditions.ts';
import { collectFields, type SelectedField, type SelectedOn } from './collect-fields.ts';
import { fieldType } from './field-type.ts';
import { saidType } from './said-type.ts';
import { leafWriter, UNWRITABLE, type Write } from './write-leaf.ts';

/**
 * Writes the response of what was fetched as JSON, in one pass and without the object that
 * `compileShape` makes. Undefined when anything does not fit the schema: then the shape is asked,
 * which knows how nulls spread and what the errors are.
 */
export type WriteResponse = (
  fetched: Data,
  variables: Readonly<Record<string, unknown>>,
) => string | undefined;

type WriteObject = (data: Data) => string;

interface Variant {
  readonly write: WriteObject;
  /** What is known of the present run, forgotten after it. */
  readonly texts: readonly Map<unknown, string>[];
}

const unwritable: WriteObject = () => {
  throw UNWRITABLE;
};

/** Compiles the text of an operation's response; the same text as of its shape, always. */
export function compileText(schema: GraphQLSchema, planned: PlannedOperation): WriteResponse {
  const shared = entityPlaces(planned.plan);
  const variant = byConditions(planned.shapedBy, (conditions) =>
    compileVariant(schema, planned, shared, conditions),
  );
  return (fetched, variables) => {
    const { write, texts } = variant(variables);
    try {
      return write(fetched);
    } catch (error) {
      if (error === UNWRITABLE) return undefined;
      throw error;
    } finally {
      for (const known of texts) known.clear();
    }
  };
}

function compileVariant(
  schema: GraphQLSchema,
  { shapedBy: { node, fragments }, keys }: ShapedOperation,
  shared: EntityPlaces,
  conditions: Readonly<Record<string, unknown>>,
): Variant {
  const root = schema.getRootType(node.operation) as GraphQLCompositeType;
  const collecting = { schema, fragments, conditions };
  const texts: Map<unknown, string>[] = [];
  return { write: objectWriter([{ set: node.selectionSet, on: root }], root, ''), texts };

  /**
   * The text is one expression of constant pieces and values, made into a function of its own:
   * unlike a loop over steps it reads every key at its known place in the object. Nothing of a
   * client is in its source but response keys, quoted as JSON.
   */
  function objectWriter(
    selections: readonly SelectedOn[],
    type: GraphQLCompositeType,
    place: string,
  ): WriteObject {
    const writers: Write[] = [];
    const pieces: string[] = [];
    let constant = '{';
    let separator = '';
    for (const [key, field] of collectFields(selections, type, collecting)) {
      const name = field[0]?.node.name.value ?? '';
      constant += `${separator}${JSON.stringify(key)}:`;
      separator = ',';
      if (name === '__typename' && isObjectType(type)) {
        constant += `"${type.name}"`;
      } else if (name.startsWith('__')) {
        // Introspection, or a type that nobody knows.
        return unwritable;
      } else {
        const fetched = field[0] ? keys.fetchedAs(field[0].node) : key;
        pieces.push(JSON.stringify(constant), readAndWrite(fetched, writers.length));
        writers.push(writerOf(fieldType(field, type), field, `${place}${fetched}.`));
        constant = '';
      }
    }
    pieces.push(JSON.stringify(`${constant}}`));
    const names = writers.map((_, index) => `w${index}`);
    // oxlint-disable-next-line typescript/no-implied-eval -- see above
    const make = new Function(...names, `return (data) => ${pieces.join(' + ')};`);
    return make(...writers) as WriteObject;
  }

  function writerOf(type: GraphQLOutputType, field: SelectedField, place: string): Write {
    if (isNonNullType(type)) return presentWriter(type.ofType, field, place);
    const write = presentWriter(type, field, place);
    return (value) => (value === null || value === undefined ? 'null' : write(value));
  }

  /** For a value that is there; of others it is not defined but that they are not written. */
  function presentWriter(type: GraphQLOutputType, field: SelectedField, place: string): Write {
    if (isNonNullType(type)) return presentWriter(type.ofType, field, place);
    if (isListType(type)) return listWriter(writerOf(type.ofType, field, place));
    if (!isCompositeType(type)) return leafWriter(type);
    const write = compositeWriter(type, field, place);
    return shared.has(place) ? writtenOnce(write) : write;
  }

  /** At places where the run has made one object of those that say the same. */
  function writtenOnce(write: Write): Write {
    const known = new Map<unknown, string>();
    texts.push(known);
    return (value) => {
      const text = known.get(value);
      if (text !== undefined) return text;
      const written = flat(write(value));
      known.set(value, written);
      return written;
    };
  }

  function compositeWriter(type: GraphQLCompositeType, field: SelectedField, place: string): Write {
    const selections = field.flatMap(({ node: { selectionSet } }) =>
      selectionSet ? [{ set: selectionSet, on: type }] : [],
    );
    const byType = new Map<unknown, WriteObject>();
    const compileFor = (typename: unknown): WriteObject => {
      const named = saidType(schema, type, typename);
      const write = named ? objectWriter(selections, named, place) : unwritable;
      // What is unknown is not kept: a subgraph could make up names without end.
      if (named) byType.set(typename, write);
      return write;
    };
    let lastName: unknown = Number.NaN;
    let last = unwritable;
    return (value) => {
      if (!isData(value)) throw UNWRITABLE;
      const typename = value['__typename'];
      if (typename !== lastName) {
        last = byType.get(typename) ?? compileFor(typename);
        lastName = typename;
      }
      return last(value);
    };
  }
}

const OPENING_BRACE = 123;

/**
 * The same text in one piece: reading a character puts the pieces of a text together, which is then
 * not done again wherever the text is a piece of another. What is read is used, or it would not be.
 */
function flat(text: string): string {
  if (text.charCodeAt(0) !== OPENING_BRACE) throw UNWRITABLE;
  return text;
}

function listWriter(write: Write): Write {
  return (value) => {
    if (!Array.isArray(value)) throw UNWRITABLE;
    const { length } = value;
    if (length === 0) return '[]';
    let text = `[${write(value[0])}`;
    for (let index = 1; index < length; index++) text += `,${write(value[index])}`;
    return `${text}]`;
  };
}

/** The source that reads a key of `data` and hands it to a writer. */
function readAndWrite(key: string, writer: number): string {
  const name = JSON.stringify(key);
  const read = isInherited(key)
    ? `(Object.hasOwn(data, ${name}) ? data[${name}] : undefined)`
    : `data[${name}]`;
  return `w${writer}(${read})`;
}
