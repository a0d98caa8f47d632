import type { FetchNode } from '@apollo/query-planner';
import { parse } from 'graphql';
import type { StandIn } from '../../supergraph/argument-stand-ins.ts';
import type { RequiredPaths } from '../../supergraph/required-paths.ts';
import { type EntityField, entityFieldsOf, keepEntityFields } from './entity-fields.ts';
import { pathsIn } from './required-selections.ts';

/** A part of a fetch, and what only other parts of it require. */
interface FetchPart {
  readonly part: FetchNode;
  readonly needless: ReadonlySet<string>;
}

interface Growing {
  readonly conditions: string;
  readonly fields: Set<string>;
  readonly paths: Set<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Divides the fields that a fetch asks of entities, so that those of one part can be answered from
 * one representation. One part, the fetch as it is, when all can.
 *
 * - Two fields that require the same field with different arguments need a representation each.
 * - What a field requires is fetched under the field's own conditions. When these do not hold it is
 *   missing, and an entity that lacks anything is not asked for: so what is asked unconditionally
 *   must not wait for it.
 */
export function splitByNeeds(
  node: FetchNode,
  { byField, keys }: RequiredPaths,
  standIns: ReadonlyMap<string, StandIn>,
): readonly FetchPart[] {
  const document = parse(node.operation, { noLocation: true });
  const parts: Growing[] = [];
  for (const field of entityFieldsOf(document)) {
    const needs = needsOf(field, byField);
    const conditions = needs.size > 0 ? field.conditions : '';
    const part = parts.find(
      (each) => each.conditions === conditions && canShare(each.paths, needs, standIns),
    ) ?? { conditions, fields: new Set(), paths: new Set() };
    if (part.fields.size === 0) parts.push(part);
    part.fields.add(nameOf(field));
    for (const path of needs) part.paths.add(path);
  }
  if (parts.length < 2) return [{ part: node, needless: NOTHING }];
  const all = parts.flatMap(({ paths }) => [...paths]);
  const present = pathsIn(node.requires ?? []);
  return parts.map(({ fields, paths }) => {
    // The planner leaves out fragments that say nothing, so that a path may be there as another.
    const elsewhere = new Set([...paths].filter((path) => !present.has(path)).map(plain));
    const isNeedless = (path: string): boolean =>
      !paths.has(path) && !keys.has(path) && !elsewhere.has(plain(path));
    return {
      part: keepEntityFields(node, document, (field) => fields.has(nameOf(field))),
      needless: new Set(all.filter(isNeedless)),
    };
  });
}

function needsOf(
  { type, field }: EntityField,
  byField: RequiredPaths['byField'],
): ReadonlySet<string> {
  const exact = byField.get(`${type}.${field}`);
  if (exact) return exact;
  // Asked on an interface: what any kind of it needs.
  const any = [...byField].filter(([place]) => place.endsWith(`.${field}`));
  return any.length === 0 ? NOTHING : new Set(any.flatMap(([, paths]) => [...paths]));
}

/** Whether no path of the one would have to stand where another of the other does. */
function canShare(
  paths: ReadonlySet<string>,
  others: ReadonlySet<string>,
  standIns: ReadonlyMap<string, StandIn>,
): boolean {
  const real = (path: string): string =>
    plain(path)
      .split('.')
      .map((step) => standIns.get(step)?.field ?? step)
      .join('.');
  const meant = new Map([...paths].map((path) => [real(path), plain(path)]));
  return [...others].every((path) => (meant.get(real(path)) ?? plain(path)) === plain(path));
}

/** A path without its fragments. */
function plain(path: string): string {
  return path.replaceAll(/<\w+>\./g, '');
}

const nameOf = ({ type, field, conditions }: EntityField): string =>
  `${type}.${field}${conditions}`;
