import type { GraphQLCompositeType } from 'graphql';
import type { ShapedOperation } from '../../../operations/prepared-document.ts';
import type { Step } from '../execution.ts';
import { byConditions } from '../shape/by-conditions.ts';
import { compileShape, type Shape, type ShapeSchemas } from '../shape/compile-shape.ts';
import { type DeferredPart, deferredParts, withoutDeferred } from './deferred-parts.ts';
import type { CompiledDeferred } from './run-deferred.ts';

/** Compiles an operation that is answered in parts, for what these variables include of it. */
export type CompileDeferred = (variables: Readonly<Record<string, unknown>>) => CompiledDeferred;

/** Compiles the answer's parts, once for every combination of conditions that is met. */
export function compileDeferred(
  schemas: ShapeSchemas,
  planned: ShapedOperation,
  run: Step,
): CompileDeferred {
  const { node, fragments } = planned.shapedBy;
  const root = schemas.schema.getRootType(node.operation) as GraphQLCompositeType;
  const first = { ...node, selectionSet: withoutDeferred(node.selectionSet) };
  const shape = compileShape(schemas, { ...planned, shapedBy: { node: first, fragments } });
  return byConditions(planned.shapedBy, (variables) => {
    const parts = deferredParts(schemas.schema, planned, variables);
    return { run, shape, root, parts, shapeOf: partShapes(schemas, planned) };
  });
}

function partShapes(schemas: ShapeSchemas, planned: ShapedOperation): CompiledDeferred['shapeOf'] {
  const shapes = new Map<DeferredPart, Map<GraphQLCompositeType, Shape>>();
  return (part, type) => {
    const byType = shapes.get(part) ?? new Map<GraphQLCompositeType, Shape>();
    shapes.set(part, byType);
    const known = byType.get(type);
    if (known) return known;
    const { node, fragments } = planned.shapedBy;
    const shapedBy = { node: { ...node, selectionSet: part.selectionSet }, fragments };
    const shape = compileShape(schemas, { ...planned, shapedBy }, type);
    byType.set(type, shape);
    return shape;
  };
}
