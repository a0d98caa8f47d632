import type { OperationBody } from '../../../operations/prepared-document.ts';
import { conditionVariables } from './collect-fields.ts';

type Variables = Readonly<Record<string, unknown>>;

/** `2^6`: more conditions than that at once are seen in no client's document. */
const MAX_VARIANTS = 64;

/** Compiles something of an operation once for every combination of its conditions that is met. */
export function byConditions<Compiled>(
  { node, fragments }: OperationBody,
  compile: (conditions: Variables) => Compiled,
): (variables: Variables) => Compiled {
  const names = conditionVariables([node, ...Object.values(fragments)]);
  const variants = new Map<string, Compiled>();
  return (variables) => {
    let key = '';
    for (const name of names) key += variables[name] === true ? '1' : '0';
    const known = variants.get(key);
    if (known !== undefined) return known;
    if (variants.size >= MAX_VARIANTS) variants.clear();
    const compiled = compile(variables);
    variants.set(key, compiled);
    return compiled;
  };
}
