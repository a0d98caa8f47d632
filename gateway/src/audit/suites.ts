import type { Fixture } from './fixture.ts';
import { abstractKinds } from './suites/abstract-kinds.ts';
import { circularInterface } from './suites/circular-interface.ts';
import { compoundLists } from './suites/compound-lists.ts';
import { enumParts } from './suites/enum-parts.ts';
import {
  extendsInFederation1,
  extendsInFederation2,
  extensionInFederation1,
  extensionInFederation2,
  externalKeyElsewhere,
  resolvableExtension,
} from './suites/external-keys.ts';
import { hiddenParts } from './suites/hidden-parts.ts';
import { includeSkip } from './suites/include-skip.ts';
import { inputParts } from './suites/input-parts.ts';
import {
  interfaceObjectFromAside,
  interfaceObjectRequires,
  interfaceObjects,
  unresolvableInterfaceObject,
} from './suites/interface-objects.ts';
import { manyKeys, missingKeys, parentCall, parentCallOverMany } from './suites/many-keys.ts';
import { mutations } from './suites/mutations.ts';
import { nobodysId } from './suites/nobodys-id.ts';
import { nullableIds } from './suites/nullable-ids.ts';
import {
  override,
  overrideInInterface,
  overrideOfNobody,
  overrideWithRequires,
} from './suites/overrides.ts';
import {
  nestedProvides,
  providedAndNotAsked,
  providesOnInterface,
  providesOnUnion,
} from './suites/provides.ts';
import {
  requiresCircle,
  requiresFragments,
  requiresInterface,
  requiresRequires,
} from './suites/requires.ts';
import {
  requiresArguments,
  requiresArgumentsConflict,
  requiresLimited,
} from './suites/requires-arguments.ts';
import { requiresProvides } from './suites/requires-provides.ts';
import { entityCall, nodes, ownDirectives, sharedRoots } from './suites/shared-roots.ts';
import { typenames } from './suites/typenames.ts';
import { distributedKinds, partialUnion, partialUnionDeep, unionsApart } from './suites/unions.ts';

/** Every suite of the audit. */
export const suites: readonly Fixture[] = [
  abstractKinds,
  circularInterface,
  compoundLists,
  enumParts,
  extendsInFederation1,
  extensionInFederation1,
  extendsInFederation2,
  extensionInFederation2,
  resolvableExtension,
  externalKeyElsewhere,
  hiddenParts,
  includeSkip,
  inputParts,
  interfaceObjects,
  interfaceObjectRequires,
  interfaceObjectFromAside,
  unresolvableInterfaceObject,
  manyKeys,
  missingKeys,
  parentCall,
  parentCallOverMany,
  mutations,
  nobodysId,
  nullableIds,
  overrideInInterface,
  overrideWithRequires,
  override,
  overrideOfNobody,
  providesOnInterface,
  providesOnUnion,
  nestedProvides,
  providedAndNotAsked,
  requiresArguments,
  requiresArgumentsConflict,
  requiresLimited,
  requiresProvides,
  requiresCircle,
  requiresInterface,
  requiresRequires,
  requiresFragments,
  sharedRoots,
  entityCall,
  nodes,
  ownDirectives,
  typenames,
  distributedKinds,
  unionsApart,
  partialUnion,
  partialUnionDeep,
];
