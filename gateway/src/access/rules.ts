import {
  baseType,
  type Directive,
  type FieldDefinition,
  isInterfaceType,
  isObjectType,
  type NamedType,
  type Schema,
} from '@apollo/federation-internals';
import type { Viewer } from '@civitas/platform/subgraph';

/** Any of the alternatives, each of which demands all of its names: `[["a", "b"], ["c"]]`. */
type AnyOfAll = readonly (readonly string[])[];

/** What a viewer must show to read something. All parts must hold. */
export interface AccessRule {
  /** Demanded by `@authenticated`, and implied by scopes. */
  readonly authenticated: boolean;
  readonly scopes: readonly AnyOfAll[];
  readonly policies: readonly AnyOfAll[];
}

/**
 * Decides one `@policy` name for one viewer. A name that no function decides holds for those of whom
 * identity says it, so for nobody when nobody knows it.
 */
export type Policy = (viewer: Viewer) => boolean;

/** The access directives of a supergraph, resolved to what selecting a field demands. */
export interface AccessRules {
  /** True when nothing in the graph is protected. */
  readonly empty: boolean;
  /** The rule for selecting `field` on `parent`; undefined when anybody may. */
  forField(parent: string, field: string): AccessRule | undefined;
}

/**
 * Reads `@authenticated`, `@requiresScopes` and `@policy` under whatever names `@link` gave them.
 *
 * Selecting a field demands the rule of the field, of its parent type and of the type it returns.
 * Selected on an interface it demands the rules of every implementation too, because any of them
 * may be what comes back.
 */
export function readAccessRules(supergraph: Schema): AccessRules {
  const names = directiveNames(supergraph);
  const rules = new Map<string, AccessRule>();
  if (names.size === 0) return { empty: true, forField: () => undefined };

  const ruleOf = (element: NamedType | FieldDefinition<never>) =>
    ruleFrom(
      (element.appliedDirectives as readonly Directive[]).filter(({ name }) => names.has(name)),
      names,
    );

  for (const type of supergraph.allTypes()) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    const possible = isInterfaceType(type) ? type.possibleRuntimeTypes() : [];
    for (const field of type.fields()) {
      const parts = [
        ruleOf(type),
        ruleOf(field as unknown as FieldDefinition<never>),
        field.type && ruleOf(baseType(field.type)),
      ];
      for (const object of possible) {
        const same = object.field(field.name);
        parts.push(ruleOf(object));
        if (same) parts.push(ruleOf(same as unknown as FieldDefinition<never>));
      }
      const rule = allOf(parts.filter((part) => part !== undefined));
      if (rule) rules.set(`${type.name}.${field.name}`, rule);
    }
  }
  return {
    empty: rules.size === 0,
    forField: (parent, field) => rules.get(`${parent}.${field}`),
  };
}

/** The policies of one request: each is decided once, when it is first asked for. */
export function decidePolicies(
  viewer: Viewer,
  policies: ReadonlyMap<string, Policy>,
): (name: string) => boolean {
  const decided = new Map<string, boolean>();
  const said = viewer.type === 'user' ? (viewer.policies ?? []) : [];
  return (name) => {
    const known = decided.get(name);
    if (known !== undefined) return known;
    const policy = policies.get(name);
    const holds = policy ? policy(viewer) : said.includes(name);
    decided.set(name, holds);
    return holds;
  };
}

/** Whether the viewer has what a rule demands. */
export function isSatisfied(
  rule: AccessRule,
  viewer: Viewer,
  holds: (policy: string) => boolean,
): boolean {
  const signedIn = viewer.type === 'user';
  if (rule.authenticated && !signedIn) return false;
  const scopes = signedIn ? viewer.scopes : [];
  return (
    rule.scopes.every((any) => any.some((all) => all.every((scope) => scopes.includes(scope)))) &&
    rule.policies.every((any) => any.some((all) => all.every(holds)))
  );
}

type Kind = 'authenticated' | 'requiresScopes' | 'policy';

function directiveNames(supergraph: Schema): ReadonlyMap<string, Kind> {
  const names = new Map<string, Kind>();
  for (const kind of ['authenticated', 'requiresScopes', 'policy'] as const) {
    const feature = supergraph.coreFeatures?.getByIdentity(`https://specs.apollo.dev/${kind}`);
    if (feature) names.set(feature.directiveNameInSchema(kind), kind);
  }
  return names;
}

function ruleFrom(
  directives: readonly Directive[],
  names: ReadonlyMap<string, Kind>,
): AccessRule | undefined {
  if (directives.length === 0) return undefined;
  const of = (kind: Kind) => directives.filter(({ name }) => names.get(name) === kind);
  const scopes = of('requiresScopes').map((found) => found.arguments()['scopes'] as AnyOfAll);
  const policies = of('policy').map((found) => found.arguments()['policies'] as AnyOfAll);
  return { authenticated: of('authenticated').length > 0 || scopes.length > 0, scopes, policies };
}

function allOf(rules: readonly AccessRule[]): AccessRule | undefined {
  if (rules.length === 0) return undefined;
  return {
    authenticated: rules.some(({ authenticated }) => authenticated),
    scopes: distinct(rules.flatMap(({ scopes }) => scopes)),
    policies: distinct(rules.flatMap(({ policies }) => policies)),
  };
}

function distinct(alternatives: readonly AnyOfAll[]): readonly AnyOfAll[] {
  return [...new Map(alternatives.map((any) => [JSON.stringify(any), any])).values()];
}
