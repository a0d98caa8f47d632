import { CivitasError, type catalogue } from '@civitas/platform/errors';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { OperationRefused } from '../pipeline/operation-refused.ts';
import type { LoadedSupergraph } from '../supergraph/load-supergraph.ts';
import { deferRule } from './defer-rule.ts';
import type { OperationLimits } from './limits.ts';
import { prepareDocument } from './prepare-operation.ts';
import type { PreparedDocument } from './prepared-document.ts';
import { reservedVariableRule } from './reserved-variable-rule.ts';
import { checkStructure } from './structure.ts';
import { unconditionalSubscriptionRule } from './unconditional-subscription-rule.ts';

interface StoreOptions {
  readonly supergraph: LoadedSupergraph;
  readonly limits: OperationLimits;
  /** Items of a list about which the schema says nothing. */
  readonly defaultListSize: number;
}

/** Makes documents ready to run, each text once while it stays among the recently used. */
export interface DocumentStore {
  /**
   * @param explain whether validation errors may say what the schema holds.
   * @throws OperationRefused `GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED`
   * @throws CivitasError `OPERATION_TOO_LARGE`
   */
  prepare(text: string, explain: boolean): PreparedDocument;
  /** What `prepare` would answer at once; undefined when it would have to work. */
  known(text: string): PreparedDocument | undefined;
  /** The texts that were asked for most often of those that are remembered, the first of them first. */
  mostUsed(count: number): readonly string[];
}

interface CountedDocument extends PreparedDocument {
  uses: number;
}

/** A document of 260 characters was measured to take 54 kB with its plan: some 110 MB when full. */
const MAX_DOCUMENTS = 2_000;
const MAX_CHARACTERS = 512 * 1024;
const MAX_VALIDATION_ERRORS = 10;
/** The parser's own words; it has no code for this. */
const TOO_MANY_TOKENS = /Document contains more tha[nt] \d+ tokens/;

/** A store for one supergraph; a new supergraph gets a new store. */
export function createDocumentStore({
  supergraph,
  limits,
  defaultListSize,
}: StoreOptions): DocumentStore {
  const documents = new LRUCache<string, CountedDocument>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_, text) => text.length + 1,
  });
  const rules = [...specifiedRules, deferRule, reservedVariableRule, unconditionalSubscriptionRule];

  function prepareNew(text: string, explain: boolean): PreparedDocument {
    const document = parseWithin(text, limits);
    checkStructure(document, limits);
    validateAgainst(supergraph.schema, document, rules, explain);
    return prepareDocument(document, { supergraph, defaultListSize });
  }

  function knownOf(text: string): PreparedDocument | undefined {
    const known = documents.get(text);
    if (known) known.uses += 1;
    return known;
  }

  return {
    known: knownOf,
    prepare: (text, explain) => {
      const known = knownOf(text);
      if (known) return known;
      try {
        const prepared = { ...prepareNew(text, explain), uses: 1 };
        documents.set(text, prepared);
        return prepared;
      } catch (error) {
        // Nesting deeper than the stack fails in the parser before it can be measured.
        if (error instanceof RangeError)
          throw new CivitasError('OPERATION_TOO_LARGE', { cause: error });
        throw error;
      }
    },
    mostUsed: (count) =>
      [...documents]
        .sort(([, one], [, other]) => other.uses - one.uses)
        .slice(0, count)
        .map(([text]) => text),
  };
}

function parseWithin(text: string, limits: OperationLimits): DocumentNode {
  try {
    return parse(text, { maxTokens: limits.maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    if (TOO_MANY_TOKENS.test(error.message)) {
      throw new CivitasError('OPERATION_TOO_LARGE', {
        details: { limit: 'maxTokens', maximum: limits.maxTokens },
      });
    }
    throw new OperationRefused([coded(error, 'GRAPHQL_PARSE_FAILED')]);
  }
}

function validateAgainst(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[],
  explain: boolean,
): void {
  const errors = validate(schema, document, rules, { maxErrors: MAX_VALIDATION_ERRORS });
  if (errors.length === 0) return;
  if (!explain) throw new CivitasError('GRAPHQL_VALIDATION_FAILED');
  throw new OperationRefused(errors.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED')));
}

function coded(error: GraphQLError, code: keyof typeof catalogue): GraphQLError {
  const { message, nodes, source, positions } = error;
  return new GraphQLError(message, { nodes, source, positions, extensions: { code } });
}
