import {
  DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES,
  type Schema,
  Supergraph,
} from '@apollo/federation-internals';
import { type DocumentNode, type GraphQLSchema, parse } from 'graphql';
import { type MutationOwners, readMutationOwners } from '../access/foreign-writes.ts';
import { type AccessRules, readAccessRules } from '../access/rules.ts';
import { type CacheHints, readCacheHints } from '../caching/cache-hints.ts';
import { type CostRules, readCostRules } from '../demand/cost-rules.ts';
import { type WithStandIns, withArgumentStandIns } from './argument-stand-ins.ts';
import { addClientDirectives } from './client-directives.ts';
import { resolvableKeysFirst } from './order-keys.ts';
import { readOverrideLabels } from './override-labels.ts';
import { type PlanNames, readPlanNames } from './plan-names.ts';
import { refuseContext } from './refuse-context.ts';
import { type RequiredPaths, readRequiredPaths } from './required-paths.ts';
import { withoutSizePaths } from './without-size-paths.ts';

/** Everything that is derived from one supergraph document, once. */
export interface LoadedSupergraph {
  /** For the planner: the supergraph in the form in which it plans rightly. */
  readonly planned: Supergraph;
  /** What stands in it for fields that are required with arguments. */
  readonly standIns: WithStandIns['standIns'];
  readonly requiredPaths: ReadonlyMap<string, RequiredPaths>;
  readonly planNames: PlanNames;
  /** Of its progressive `@override`s. */
  readonly overrideLabels: readonly string[];
  /** What clients see, for Apollo's side. */
  readonly apiSchema: Schema;
  /** What clients see, for graphql-js: validation, coercion, introspection. */
  readonly schema: GraphQLSchema;
  /** The supergraph itself for graphql-js: execution resolves types in it. */
  readonly supergraphSchema: GraphQLSchema;
  readonly accessRules: AccessRules;
  readonly costRules: CostRules;
  readonly mutationOwners: MutationOwners;
  /** Empty when `@cacheControl` is not used. */
  readonly cacheHints: CacheHints;
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
}

/** The supergraph cannot be served; `message` is one line with the reason. */
export class SupergraphError extends Error {
  override readonly name = 'SupergraphError';
}

/** The features marked `for: SECURITY` that this gateway enforces itself, in `access/`. */
const ENFORCED_HERE = ['authenticated', 'requiresScopes', 'policy'].map(
  (name) => `https://specs.apollo.dev/${name}/v0.1`,
);

const SUPPORTED = new Set([...DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES, ...ENFORCED_HERE]);

/**
 * Reads and validates a composed supergraph. A feature it marks `for: SECURITY` or
 * `for: EXECUTION` that nobody here enforces is refused: serving it would be silently unsafe.
 *
 * @throws SupergraphError
 */
export function loadSupergraph(supergraphSdl: string): LoadedSupergraph {
  try {
    const document = resolvableKeysFirst(parse(supergraphSdl, { noLocation: true }));
    refuseContext(document);
    const supergraph = build(document, true);
    const { document: withStandIns, standIns } = withArgumentStandIns(document);
    const toPlan = withoutSizePaths(withStandIns);
    const apiSchema = supergraph.apiSchema();
    addClientDirectives(apiSchema, supergraph.schema);
    return {
      planned: toPlan === document ? supergraph : build(toPlan, false),
      standIns,
      requiredPaths: readRequiredPaths(toPlan),
      planNames: readPlanNames(toPlan),
      overrideLabels: readOverrideLabels(toPlan),
      apiSchema,
      schema: apiSchema.toGraphQLJSSchema({ includeDefer: true }),
      supergraphSchema: supergraph.schema.toGraphQLJSSchema(),
      accessRules: readAccessRules(supergraph.schema),
      costRules: readCostRules(supergraph.schema),
      mutationOwners: readMutationOwners(supergraph.schema),
      cacheHints: readCacheHints(document),
      subgraphs: supergraph.subgraphsMetadata().map(({ name, url }) => ({ name, url })),
    };
  } catch (cause) {
    const causes = (cause as { causes?: readonly Error[] }).causes ?? [];
    const reasons = causes.length > 0 ? causes : [cause as Error];
    const reason = reasons.map(({ message }) => message.replaceAll('\n', ' ')).join('; ');
    throw new SupergraphError(`Supergraph not usable: ${reason}`, { cause });
  }
}

function build(document: DocumentNode, validateSupergraph: boolean): Supergraph {
  return Supergraph.build(document, { supportedFeatures: SUPPORTED, validateSupergraph });
}
